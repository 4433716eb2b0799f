import type {
  OAuthClientInformationMixed,
  OAuthClientProvider,
  OAuthDiscoveryState,
  OAuthTokens,
} from '@modelcontextprotocol/client';
import type { Account } from '#test/client';
import { codeIn, decide, open, REDIRECT } from './oauth-client.ts';

/** What the official client remembers about its access. The browser of its person follows the redirects. */
export class OfficialClient implements OAuthClientProvider {
  information: OAuthClientInformationMixed | undefined;
  stored: OAuthTokens | undefined;
  verifier = '';
  response: { authorizationCode?: string; iss?: string } = {};
  gives: string[] = ['read'];
  readonly redirectUrl = REDIRECT;
  readonly clientMetadata = {
    client_name: 'Official client',
    redirect_uris: [REDIRECT],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
  };
  readonly account: Account;
  discovery: OAuthDiscoveryState | undefined;
  /** @param information the client id and secret, if the client was registered by a person. */
  constructor(account: Account, information?: OAuthClientInformationMixed) {
    this.account = account;
    this.information = information;
  }
  discoveryState = () => this.discovery;
  saveDiscoveryState = (state: OAuthDiscoveryState) => void (this.discovery = state);
  clientInformation = () => this.information;
  saveClientInformation = (information: OAuthClientInformationMixed) => void (this.information = information);
  tokens = () => this.stored;
  saveTokens = (tokens: OAuthTokens) => void (this.stored = tokens);
  codeVerifier = () => this.verifier;
  saveCodeVerifier = (verifier: string) => void (this.verifier = verifier);
  async redirectToAuthorization(url: URL) {
    const page = await open(this.account, url.pathname + url.search);
    const back = page.pathname === '/connect' ? await decide(this.account, page, this.gives) : page;
    this.response = { authorizationCode: codeIn(back), iss: back.searchParams.get('iss') ?? '' };
  }
}
