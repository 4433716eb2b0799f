import { DEFAULT_PATHS } from '#layer/paths';
import { DEFAULT_TIMEOUT } from './arguments.ts';

/** Returns the text of `--help`. @param command how the program is called, such as `npx @acme/layer`. */
export const helpText = (command: string) => `Usage: ${command} <command> --router <file or package>#<export>
       ${command} diff <old> [<new>]

Commands
  check      loads a tRPC router, and reports everything that cannot be served or described
  openapi    prints the OpenAPI 3.1 document of its REST endpoints
  types      prints a declaration of its types, which clients import instead of the router
  sdk        writes a client package with a method for each REST endpoint
  docs       writes the reference, with a page for each procedure, as files for a static host
  describe   prints all that callers depend on, as JSON to compare later versions with
  diff       compares two states of a router, and says which callers each change can break

Options of all commands
  --router <router>         the file that exports the router, such as ./src/server/api/root.ts#appRouter, or the
                            package, such as @acme/api#appRouter. Default export: appRouter, router or default.
                            All commands but types also take an API that createApi returned, with its own options
  --tsconfig <file>         default: the tsconfig.json of the router's folder or of a folder above
  --timeout <seconds>       the time limit of the command; default: ${DEFAULT_TIMEOUT}
  -h, --help                shows this text
  -v, --version             shows the version

Options of all commands but types
  --rest-path <path>        the path that REST is served at; default: ${DEFAULT_PATHS.rest}
  --unnamed                 also serves procedures without an openapi meta, at paths from their names

Options of openapi, sdk, docs, describe and diff
  --title <text>            the name of the API
  --api-version <text>      the version of the API
  --server <url>            the public origin, such as https://app.example.com

Options of sdk
  --out <folder>            the folder to write: new, empty, or written by this command before
  --name <name>             the name of the API: acme becomes the class Acme and the package acme-sdk
  --package <name>          another name of the package, such as @acme/sdk
  --key-prefix <prefix>     the prefix of API keys, such as acme_; default: keys may have any form

Options of docs
  --out <folder>            the folder of the static host, such as ./public
  --docs-path <path>        the path of the reference in it; default: ${DEFAULT_PATHS.docs}

diff takes one or two states: a file that describe printed, a file of a git commit such as v1.2.0:api.json, or a URL.
It compares the first one with the second one, or with --router.

Options of diff
  --declared <file>         a changelog; breaks that its newest section names are declared
  --json                    prints the report as JSON
  --markdown                prints the report as an entry for a changelog

The command imports the router and never calls its procedures or createContext. It reads .env files as \`next dev\` does.
Documents, declarations, states and reports are printed on stdout, everything else on stderr.
Exit code: 0 if it succeeded; 1 if the project needs a change, or if diff found a break that is not declared; 2 if the
command line is wrong.
`;
