/** The root of the package under the export condition `node`. */
export * from '../index.ts';
export {
  createNodeListener,
  type Listener,
  type NodeOptions,
  type NodePlatform,
  nodeRequest,
} from './node.ts';
