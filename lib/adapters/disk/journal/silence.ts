/** Whether a folder's owner, which said at that time that it is here, has said nothing since for so long that it is gone. */
export type IsSilent = (folder: string, saidMs: number) => boolean;

/** An owner says every ten seconds that it is here. */
const SILENT_MS = 60_000;

/**
 * Tells silence by one's own clock from the first look on: the clock on the wall jumps, that of another machine is
 * another one, and a laptop that slept would take every owner for dead.
 * @param nowMs of a clock that never goes back
 */
export const silence = (nowMs: () => number): IsSilent => {
  const looks = new Map<string, { readonly saidMs: number; readonly sinceMs: number }>();
  return (folder, saidMs) => {
    const known = looks.get(folder);
    if (known?.saidMs === saidMs) return nowMs() - known.sinceMs > SILENT_MS;
    looks.set(folder, { saidMs, sinceMs: nowMs() });
    return false;
  };
};
