const whole = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UTINYINT', 'USMALLINT', 'UINTEGER', 'UBIGINT'];
const fraction = ['FLOAT', 'DOUBLE', 'DECIMAL'];
const text = ['VARCHAR'];
const time = ['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE'];

/** Names that suites written for pandas, Spark or SQLAlchemy use, and the engine's types that they stand for. */
const families: readonly (readonly [names: readonly string[], types: readonly string[]])[] = [
  [
    [
      'int',
      'int8',
      'int16',
      'int32',
      'int64',
      'long',
      'number',
      'integertype',
      'longtype',
      'int_',
      'integer',
      'smallint',
      'bigint',
    ],
    whole,
  ],
  [['float', 'float32', 'float64', 'double', 'real', 'numeric', 'decimal', 'floattype', 'doubletype'], fraction],
  [['str', 'string', 'object', 'text', 'char', 'varchar', 'stringtype', 'string_'], text],
  [['bool', 'boolean', 'booleantype', 'bool_'], ['BOOLEAN']],
  [['date', 'datetype', 'datetime.date'], ['DATE']],
  [['datetime', 'datetime64', 'datetime64[ns]', 'timestamp', 'timestamptype', 'datetime.datetime'], time],
];

const plain = (type: string): string => type.toUpperCase().replace(/\(.*$/, '');

/**
 * Is an engine's type what a suite calls it? Its own names fit exactly, others by family, whole numbers of any width
 * together.
 * @example isOfType('BIGINT', 'int64') // true
 */
export const isOfType = (type: string, wanted: string): boolean => {
  if (type.toUpperCase() === wanted.toUpperCase()) return true;
  const name = wanted.toLowerCase().replace(/\(\d+(,\s*\d+)?\)$/, '');
  const family = families.find(([names]) => names.includes(name));
  return family?.[1].includes(plain(type)) ?? false;
};
