import ts from 'typescript';
import type { Schema, Side } from '../../schema/schema.ts';
import { comment, descriptionOf, descriptionOfNamed, idOf, itemOf, shapeOf, valuesOf } from './docs.ts';
import type { PublicName, Source } from './program.ts';

/** The types that clients import, because they have these packages. Other types are written out. */
const NAMED: Record<string, RegExp> = { '@trpc/server': /./, zod: /^\$brand$/ };

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const FLAGS = ts.TypeFormatFlags.NoTruncation;
const NODE_FLAGS: ts.NodeBuilderFlags = ts.NodeBuilderFlags.NoTruncation | ts.NodeBuilderFlags.InTypeAlias;
const ANY =
  'this type is any. Use unknown or the real type, such as z.unknown() for z.any(), or an .output() schema. A type is ' +
  'also any if its import cannot be found.';
const EMPTY = ts.TypeFlags.Null | ts.TypeFlags.Undefined;

/** A type, with the schema that it was inferred from, if that is known. */
interface Printed {
  type: ts.Type;
  schema?: Schema | undefined;
  side: Side;
}

/** A declaration of a named type. */
export interface Declared {
  text: string;
  description: string | undefined;
  /** True if it is an object type, which can be declared as an interface. */
  isObject: boolean;
}

/** A type that refers to itself cannot be written out. */
class RecursiveType extends Error {
  override readonly name = 'RecursiveType';
}

/**
 * Prints types in full, so they do not depend on the module that they come from. If a schema has an id, its type is
 * declared once, under this name. A type without an id that refers to itself is imported from the package that exports
 * it, or a type around it is.
 */
export class TypePrinter {
  /** The named types so far. */
  readonly declared = new Map<string, Declared>();
  /** The packages that types were imported from, because they refer to themselves. */
  readonly imported = new Set<string>();
  readonly #checker: ts.TypeChecker;
  readonly #publicName: Source['publicName'];
  readonly #reserved: ReadonlySet<string>;
  readonly #packages: readonly string[];
  /** The types that are being printed now, with their names; `null` for a type without a name. */
  readonly #open = new Map<ts.Type, string | null>();
  /** The names of the fields around the type that is being printed, or that could not be printed. */
  #place: string[] = [];

  /**
   * @param reserved the names that types must not get.
   * @param packages the packages that clients have, whose types are imported.
   */
  constructor({ checker, publicName }: Source, reserved: readonly string[], packages: readonly string[]) {
    this.#packages = packages;
    this.#checker = checker;
    this.#publicName = publicName;
    this.#reserved = new Set(reserved);
  }

  /**
   * Returns the text of a type.
   * @throws {Error} if the type cannot be printed, such as a function.
   */
  print(printed: Printed): string {
    const { type } = printed;
    const name = this.#open.get(type);
    if (name === null) {
      throw new RecursiveType('a type that refers to itself needs a name: .meta({ id }) of its schema.');
    }
    if (name !== undefined) return name;
    const reference = this.#reference(type, (found) => this.#isNamed(found));
    if (reference !== null) return reference;
    const { length } = this.#place;
    try {
      return this.#written(printed);
    } catch (error) {
      const exported = error instanceof RecursiveType ? this.#import(type) : null;
      if (exported === null) throw error;
      this.#place.length = length;
      return exported;
    }
  }

  /** Returns a reference to a type that a package exports; `null` if none does. */
  #import(type: ts.Type): string | null {
    return this.#reference(type, ({ from }) => {
      if (from !== null) this.imported.add(from);
      return true;
    });
  }

  #written(printed: Printed): string {
    const { type, schema, side } = printed;
    if (type.isUnion() && type.types.some((part) => part.flags & EMPTY))
      return this.#withEmpty(printed, type);
    const canBeNamed = type.isUnion() || (isObject(type) && !this.#isList(type));
    const id = canBeNamed ? idOf(schema) : undefined;
    if (id === undefined || !this.#isFree(id)) return this.#within(type, null, () => this.#body(printed));
    return this.#declare(id, printed, descriptionOfNamed(schema), side);
  }

  /** Returns the field whose type could not be printed, such as `items.meta`; `''` if it is the whole type. */
  takePlace(): string {
    const place = this.#place.join('.');
    this.#place = [];
    return place;
  }

  /**
   * Declares a type under its schema's id. If the input of the schema differs from its output, the input is declared as
   * `…Input`.
   */
  #declare(id: string, printed: Printed, description: string | undefined, side: Side): string {
    for (const name of side === 'output' ? [id] : [id, `${id}Input`]) {
      const text = this.#within(printed.type, name, () => this.#body(printed));
      const before = this.declared.get(name);
      if (!before) this.declared.set(name, { text, description, isObject: isObject(printed.type) });
      if (!before || before.text === text) return name;
    }
    return this.#within(printed.type, null, () => this.#body(printed));
  }

  #isFree(id: string): boolean {
    return IDENTIFIER.test(id) && !this.#reserved.has(id);
  }

  #within(type: ts.Type, name: string | null, write: () => string): string {
    // Only object types need a check for recursion: a union or list without a name ends if its members do.
    if (name === null && (!isObject(type) || this.#isList(type))) return write();
    this.#open.set(type, name);
    try {
      return write();
    } finally {
      this.#open.delete(type);
    }
  }

  /** Returns a reference, such as `Date` or `import('ai').UIMessageChunk<…>`; `null` if there is none. */
  #reference(type: ts.Type, isKnown: (name: PublicName) => boolean): string | null {
    const { aliasSymbol, aliasTypeArguments = [] } = type;
    const alias = aliasSymbol && this.#publicName(aliasSymbol);
    if (alias?.from && isKnown(alias)) return this.#apply(alias, aliasTypeArguments);
    const symbol = type.getSymbol();
    if (!isObject(type) || this.#isList(type) || !symbol) return null;
    if (!(symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class))) return null;
    const found = this.#publicName(symbol);
    if (found && isKnown(found)) return this.#apply(found, this.#argumentsOf(type));
    const same = this.#baseOf(type);
    return same ? this.#reference(same, isKnown) : null;
  }

  /** Returns the type that an interface extends without additions, such as `File` for zod's own `File`. */
  #baseOf(type: ts.ObjectType): ts.Type | undefined {
    const [base, ...others] = type.isClassOrInterface() ? this.#checker.getBaseTypes(type) : [];
    if (!base || others.length > 0) return undefined;
    return this.#checker.isTypeAssignableTo(base, type) ? base : undefined;
  }

  #argumentsOf(type: ts.ObjectType): readonly ts.Type[] {
    if (!isReference(type)) return [];
    const { length } = type.target.typeParameters ?? [];
    return this.#checker.getTypeArguments(type).slice(0, length);
  }

  #apply({ name, from }: PublicName, types: readonly ts.Type[]): string {
    const texts = types.map((type) => this.print({ type, side: 'output' }));
    const applied = texts.length > 0 ? `${name}<${texts.join(', ')}>` : name;
    return from === null ? applied : `import('${from}').${applied}`;
  }

  #isNamed({ name, from }: PublicName): boolean {
    return from === null || this.#packages.includes(from) || NAMED[from]?.test(name) === true;
  }

  #isList(type: ts.Type): boolean {
    return this.#checker.isArrayType(type) || this.#checker.isTupleType(type);
  }

  /** Prints a type that may be null or undefined: first the rest, which may have a name, then these. */
  #withEmpty({ schema, side }: Printed, union: ts.UnionType): string {
    const rest = this.#checker.getNonNullableType(union);
    const empty = union.types
      .filter((part) => part.flags & EMPTY)
      .map((part) => this.#checker.typeToString(part));
    const parts = rest.flags & ts.TypeFlags.Never ? [] : [this.print({ type: rest, schema, side })];
    // TypeScript's type for a missing field is another type, but also has the text `undefined`.
    return [...parts, ...new Set(empty.toSorted())].join(' | ');
  }

  #body(printed: Printed): string {
    const { type, schema, side } = printed;
    if (type.flags & ts.TypeFlags.Boolean) return 'boolean';
    if (type.isUnion()) return this.#union(printed, type);
    if (type.isIntersection()) {
      return type.types.map((part) => `(${this.print({ type: part, schema, side })})`).join(' & ');
    }
    if (!isObject(type)) return this.#simple(type);
    if (this.#checker.isTupleType(type)) return this.#tuple(type, side);
    if (this.#checker.isArrayType(type)) return this.#array(printed, type);
    return this.#object(printed, type);
  }

  #simple(type: ts.Type): string {
    const notPrintable = ts.TypeFlags.TypeParameter | ts.TypeFlags.UniqueESSymbol | ts.TypeFlags.Conditional;
    const text = this.#checker.typeToString(type, undefined, FLAGS);
    // Clients do not have the enum, and it would not take the values that they have.
    if (type.flags & ts.TypeFlags.EnumLiteral && type.isLiteral()) return JSON.stringify(type.value);
    if (type.flags & ts.TypeFlags.Enum) return 'number';
    if (type.flags & ts.TypeFlags.Any) throw new Error(ANY);
    if (type.flags & notPrintable) throw new Error(`${text} cannot be part of a client's types.`);
    return text;
  }

  /** Sorts by the schema, else alphabetically, because TypeScript's order depends on which files it has read. */
  #union({ schema, side }: Printed, { types }: ts.UnionType): string {
    const values = valuesOf(schema, side);
    const isBoolean = types.filter((part) => part.flags & ts.TypeFlags.BooleanLiteral).length === 2;
    const others = types.filter((part) => !isBoolean || !(part.flags & ts.TypeFlags.BooleanLiteral));
    const texts = others.map((type) => this.print({ type, side }));
    const place = (text: string) => (values.indexOf(text) + values.length + 1) % (values.length + 1);
    const sorted = texts.toSorted((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
    return [...(isBoolean ? ['boolean'] : []), ...sorted].join(' | ');
  }

  #array({ schema, side }: Printed, type: ts.ObjectType): string {
    const [item] = this.#argumentsOf(type);
    if (!item) throw new Error('a list without an item type.');
    const text = `(${this.print({ type: item, schema: itemOf(schema, side), side })})[]`;
    return type.symbol.name === 'ReadonlyArray' ? `readonly ${text}` : text;
  }

  #tuple(type: ts.ObjectType, side: Side): string {
    if (!isReference(type) || !isTuple(type.target)) throw new Error('a tuple without items.');
    const { elementFlags, readonly } = type.target;
    const items = this.#argumentsOf(type).map((item, i) => {
      const flags = elementFlags[i] ?? ts.ElementFlags.Required;
      const text = `(${this.print({ type: item, side })})`;
      if (flags & ts.ElementFlags.Rest) return `...${text}[]`;
      return flags & ts.ElementFlags.Optional ? `${text}?` : text;
    });
    return `${readonly ? 'readonly ' : ''}[${items.join(', ')}]`;
  }

  #object({ schema, side }: Printed, type: ts.ObjectType): string {
    const calls = [...type.getCallSignatures(), ...type.getConstructSignatures()];
    if (calls.length > 0) throw new Error('a function cannot be sent to a client.');
    const shape = shapeOf(schema, side);
    const order = Object.keys(shape);
    const readonly = this.#readonlyFields(type);
    const fields = type
      .getProperties()
      .toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
      .map((field) =>
        this.#field(field, { schema: shape[field.name], side, readonly: readonly.has(field.name) }),
      );
    const infos = this.#checker.getIndexInfosOfType(type);
    const indexes = infos.map(({ keyType, type: value, isReadonly }) => {
      const key = this.#checker.typeToString(keyType);
      const text = this.print({ type: value, schema: itemOf(schema, side), side });
      return { isReadonly, key, text };
    });
    const [only] = indexes;
    if (only && !only.isReadonly && indexes.length + fields.length === 1) {
      return `Record<${only.key}, ${only.text}>`;
    }
    const signatures = indexes.map(
      ({ isReadonly, key, text }) => `${isReadonly ? 'readonly ' : ''}[key: ${key}]: ${text};`,
    );
    // Prettier keeps an object on one line only if its first field is on the line of the brace.
    const lines = [...signatures, ...fields];
    const space = lines.some((line) => line.includes('\n')) ? '\n' : ' ';
    return `{${space}${lines.join(space)}${space}}`;
  }

  /** Returns the names of the readonly fields. For a mapped type, only its printed node shows them. */
  #readonlyFields(type: ts.ObjectType): ReadonlySet<string> {
    const node = this.#checker.typeToTypeNode(type, undefined, NODE_FLAGS);
    const members: readonly ts.Node[] = node && ts.isTypeLiteralNode(node) ? node.members : [];
    const declared = type.getProperties().flatMap(({ declarations = [] }) => declarations);
    const signatures = [...members, ...(members.length > 0 ? [] : declared)].filter(ts.isPropertySignature);
    return new Set(
      signatures
        .filter(({ modifiers = [] }) => modifiers.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword))
        .flatMap(({ name }) => (ts.isIdentifier(name) || ts.isStringLiteral(name) ? [name.text] : [])),
    );
  }

  #field(
    field: ts.Symbol,
    { schema, side, readonly }: { schema: Schema | undefined; side: Side; readonly: boolean },
  ): string {
    if (field.name.startsWith('__@')) throw new Error(`the key ${field.name} is a symbol.`);
    const isOptional = (field.flags & ts.SymbolFlags.Optional) !== 0;
    const type = this.#checker.getTypeOfSymbol(field);
    this.#place.push(field.name);
    const text = isOptional ? this.#optional({ type, schema, side }) : this.print({ type, schema, side });
    this.#place.pop();
    const name = IDENTIFIER.test(field.name) ? field.name : JSON.stringify(field.name);
    return `${comment(descriptionOf(schema))}${readonly ? 'readonly ' : ''}${name}${isOptional ? '?' : ''}: ${text};`;
  }

  /** Prints the type of an optional field: without `undefined`, unless it is declared (exactOptionalPropertyTypes). */
  #optional({ type, schema, side }: Printed): string {
    if (!type.isUnion()) return this.print({ type, schema, side });
    const isUndefined = type.types.includes(this.#checker.getUndefinedType());
    const text = this.print({ type, schema, side });
    return isUndefined ? text : text.replace(/ \| undefined$/, '');
  }
}

function isObject(type: ts.Type): type is ts.ObjectType {
  return (type.flags & ts.TypeFlags.Object) !== 0;
}

function isReference(type: ts.ObjectType): type is ts.TypeReference {
  return (type.objectFlags & ts.ObjectFlags.Reference) !== 0;
}

function isTuple(type: ts.GenericType): type is ts.TupleType & ts.GenericType {
  return (type.objectFlags & ts.ObjectFlags.Tuple) !== 0;
}
