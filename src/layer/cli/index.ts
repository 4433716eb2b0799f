export { deprecationNotice } from '../deprecation.ts';
export { generateClient } from './sdk/generate.ts';
export { Document, type Method, methodsOf, operationOf } from './sdk/operations.ts';
export { type ClientManifest, writeClientPackage } from './sdk/package.ts';
export { type ClientNames, errorCodes, errorName } from './sdk/source.ts';
export { declarationOf } from './types/router.ts';
export { sourceMapOf } from './types/source-map.ts';
