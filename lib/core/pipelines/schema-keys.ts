/** As much of a zod schema as is needed to name the keys that it allows. */
interface SchemaLike {
  readonly def: {
    readonly type: string;
    readonly shape?: Readonly<Record<string, SchemaLike>>;
    readonly element?: SchemaLike;
    readonly valueType?: SchemaLike;
    readonly innerType?: SchemaLike;
    readonly in?: SchemaLike;
    readonly options?: readonly SchemaLike[];
  };
}

/** The object, array or record that defaults, optionals and unions stand around. */
const bare = (schema: SchemaLike): SchemaLike => {
  const { innerType, in: input, options } = schema.def;
  const inside = innerType ?? input ?? options?.find((option) => bare(option).def.type === 'object');
  return inside ? bare(inside) : schema;
};

const childOf = (schema: SchemaLike, key: PropertyKey): SchemaLike | undefined => {
  const { shape, element, valueType } = bare(schema).def;
  return shape?.[String(key)] ?? element ?? valueType;
};

/** Keys that a schema allows at a path; none where anything goes. @example allowedKeys(Project, ['serving']) */
export const allowedKeys = (schema: unknown, path: readonly PropertyKey[]): string[] => {
  const at = path.reduce<SchemaLike | undefined>((found, key) => found && childOf(found, key), schema as SchemaLike);
  return at ? Object.keys(bare(at).def.shape ?? {}) : [];
};
