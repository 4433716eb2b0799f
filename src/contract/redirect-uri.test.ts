import { expect, test } from '@jest/globals';
import { RegisteredClientCreate } from './oauth.ts';
import { redirectProblem } from './redirect-uri.ts';

test.each([
  'https://client.example/callback',
  'https://client.example:8443/callback?a=b',
  'http://localhost/callback',
  'http://localhost:33418',
  'http://127.0.0.1:33418/callback',
  'http://[::1]:1/',
  'com.example.app:/callback',
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'vscode://vscode.github-authentication/did-authenticate',
  'vscode-insiders://vscode.github-authentication/did-authenticate',
  'warp://mcp/oauth2callback',
])('a client can have the redirect URI %s', (uri) => {
  expect(redirectProblem(uri)).toBeNull();
});

test.each([
  ['https://client.example/#', 'fragment'],
  ['https://client.example/#token', 'fragment'],
  ['https://*.client.example/', 'wildcard'],
  ['https://client.example/*', 'wildcard'],
  ['/callback', 'whole URI'],
  ['client.example/callback', 'whole URI'],
  ['https://client.example/a b', 'whole URI'],
  ['https://client.example/\u202e', 'whole URI'],
  ['java\nscript:alert(1)', 'whole URI'],
  ['https:\\\\client.example', 'whole URI'],
  ['https://ada:secret@client.example/', 'user name'],
  ['cursor://ada@anysphere.cursor-mcp/', 'user name'],
  ['https://localhost/', 'http:// on a loopback'],
  ['https://127.0.0.1:1/', 'http:// on a loopback'],
  ['https:client.example', 'must start with'],
  ['http://client.example/', 'must start with'],
  ['http://127.0.0.1.client.example/', 'must start with'],
  ['http://localhost.client.example/', 'must start with'],
  ['http://169.254.169.254/', 'must start with'],
  ['javascript:alert(1)', 'must start with'],
  ['data:text/html,x', 'must start with'],
  ['vbscript:x', 'must start with'],
  ['file:///etc/passwd', 'must start with'],
  ['blob:https://client.example/x', 'must start with'],
  ['ws://client.example/', 'must start with'],
  ['unknown://host/path', 'must start with'],
  ['cursor:callback', 'must start with'],
  ['cursor:///callback', 'must start with'],
  ['cursor://host', 'must start with'],
  ['cursors://host/', 'must start with'],
  ['com.example.app://host/callback', 'must start with'],
  ['com.example.app:callback', 'must start with'],
])('a client cannot have the redirect URI %j: %s', (uri, reason) => {
  expect(redirectProblem(uri)).toContain(reason);
});

test('the error names the field', () => {
  const bad = ['javascript:alert(1)', 'not a URI', 'https://client.example/#x'];
  const { error } = RegisteredClientCreate.safeParse({
    name: 'x',
    redirectUris: ['http://localhost/', ...bad],
  });
  expect(error?.issues.map(({ path, message }) => [path.join('.'), message.slice(0, 16)])).toEqual([
    ['redirectUris.1', 'must start with '],
    ['redirectUris.2', 'must be a whole '],
    ['redirectUris.3', 'must not have a '],
  ]);
});
