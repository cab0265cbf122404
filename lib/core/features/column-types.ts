const numeric = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*)$/;
/** Is it one of the engine's number types? @example isNumeric('BIGINT') // true */
export const isNumeric = (type: string): boolean => numeric.test(type);
