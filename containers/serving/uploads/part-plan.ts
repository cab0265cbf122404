const MIB = 1_024 * 1_024;

/** Largest file that one request may send, bytes. */
export const MOST_FILE_BYTES = 50 * 1_024 * MIB;

const FIRST_PART_BYTES = 8 * MIB;
const PARTS_OF_A_SIZE = 1_000;

/**
 * Bytes of a part by its number. It is held in memory whole, so it is small; S3 takes 10,000 parts, so it grows by its
 * first size every thousand: 50 GiB are 3,070 parts, the last of 32 MiB.
 * @example partBytes(1) // 8_388_608
 */
export const partBytes = (number: number): number => FIRST_PART_BYTES * Math.ceil(number / PARTS_OF_A_SIZE);
