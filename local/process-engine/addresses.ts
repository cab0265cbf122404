/** Gives loopback addresses to containers, so that each can listen on the same port. */
export interface Addresses {
  take(): string;
  giveBack(address: string): void;
}

/**
 * 127.77.0.1, 127.77.0.2 and on, never one that is in use. Only Linux routes the whole of 127.0.0.0/8 to the
 * loopback device: elsewhere all share 127.0.0.1, and two containers with one port cannot run at once.
 */
export const loopbackAddresses = (platform: NodeJS.Platform = process.platform): Addresses => {
  if (platform !== 'linux') return { take: () => '127.0.0.1', giveBack: () => {} };
  const taken = new Set<string>();
  let next = 0;
  const take = (): string => {
    // Always onward: the address of a container that has just ended may still be in someone's target group.
    next = (next % 65_000) + 1;
    const address = `127.77.${next >> 8}.${next & 255}`;
    if (taken.has(address)) return take();
    taken.add(address);
    return address;
  };
  return { take, giveBack: (address) => void taken.delete(address) };
};
