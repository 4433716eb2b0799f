import type { SchemaOrRef, Schemas } from '../../openapi/json-schema.ts';
import type { Control, FormContext } from './control.ts';
import { choiceControl, fileControl, jsonControl, numberControl, textControl } from './inputs.ts';
import { listControl, mapControl, objectControl, tupleControl, unionControl } from './groups.ts';
import { kindOf } from './kinds.ts';

/**
 * Creates the controls for a schema. Those of parts that may be left out are created when they are needed, so a
 * recursive schema ends.
 * @param schemas the named schemas that references point to.
 */
export function createControls(schema: SchemaOrRef, schemas: Schemas): Control & Pick<FormContext, 'files'> {
  const context: FormContext = { schemas, files: new Map(), control };

  function control(own: SchemaOrRef, name: string): Control {
    const kind = kindOf(own, schemas);
    switch (kind.kind) {
      case 'object':
        return objectControl(kind.fields, context);
      case 'tuple':
        return tupleControl(kind.items, context);
      case 'list':
        return listControl(kind.item, name, context);
      case 'map':
        return mapControl(kind.value, context);
      case 'union':
        return unionControl(kind.options, name, context);
      case 'choice':
        return choiceControl(kind.values, name);
      case 'boolean':
        return choiceControl([true, false], name);
      case 'number':
        return numberControl(name);
      case 'text':
        return textControl(kind, name);
      case 'file':
        return fileControl(kind.isList, name, context);
      case 'json':
        return jsonControl(name);
    }
  }

  return { ...control(schema, 'input'), files: context.files };
}
