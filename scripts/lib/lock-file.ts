/** The part of package-lock.json (version 3) that the tools here touch. */
export interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  hasInstallScript?: boolean;
  os?: readonly string[];
  cpu?: readonly string[];
  libc?: readonly string[];
  optionalDependencies?: Readonly<Record<string, string>>;
}
export type LockPackages = Record<string, LockEntry>;

export interface MissingPackage {
  readonly parent: string;
  readonly name: string;
  readonly version: string;
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64'];

/** Where Node would look for `name` from the package at `from`, nearest first. */
const lookUps = (from: string, name: string): string[] => {
  const parts = from.split(/(?:^|\/)node_modules\//).filter(Boolean);
  return parts
    .map(
      (_, index) => `node_modules/${parts.slice(0, parts.length - index).join('/node_modules/')}/node_modules/${name}`,
    )
    .concat(`node_modules/${name}`);
};

/** Optional packages that some entry names and the lock lacks. `npm ci` refuses such a lock. */
export const missingPackages = (packages: LockPackages): MissingPackage[] =>
  Object.entries(packages).flatMap(([parent, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !lookUps(parent, name).some((path) => path in packages))
      .map(([name, version]) => ({ parent, name, version })),
  );

/** Reads the platform out of a package name, e.g. `@swc/core-win32-x64-msvc` is for win32 on x64. */
export const platformOf = (name: string): Pick<LockEntry, 'os' | 'cpu' | 'libc'> => {
  const words = name.split(/[-/]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  const libc = /musl/.test(name) ? ['musl'] : /linux.*(gnu|glibc)/.test(name) ? ['glibc'] : undefined;
  return { os, cpu, ...(libc && { libc }) };
};

const platformEntry = (missing: MissingPackage, parent: LockEntry | undefined): LockEntry => {
  const platform = platformOf(missing.name);
  if (!platform.os?.length || !platform.cpu?.length || /[^\d.]/.test(missing.version))
    throw new Error(
      `${missing.parent} wants ${missing.name}@${missing.version}, which names no platform; add it to the lock by npm install`,
    );
  const entry = { version: missing.version, ...platform, ...(parent?.dev && { dev: true }), optional: true };
  // As npm orders them, so that its next write changes nothing: the version, then by name.
  const { version, ...rest } = entry;
  return { version, ...Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))) };
};

const withoutScripts = ({ hasInstallScript: _, ...entry }: LockEntry): LockEntry => entry;

/**
 * A lock that npm 10 and npm 11 install alike on every platform: optional platform packages that npm
 * did not resolve are named, and packages whose scripts `denied` forbids have none.
 */
export const completeLock = (packages: LockPackages, denied: readonly string[]): LockPackages => {
  const added = missingPackages(packages).map((missing) => [
    `node_modules/${missing.name}`,
    platformEntry(missing, packages[missing.parent]),
  ]);
  const all = Object.entries({ ...packages, ...Object.fromEntries(added) }) as [string, LockEntry][];
  const isDenied = (path: string): boolean => denied.some((name) => path.endsWith(`node_modules/${name}`));
  return Object.fromEntries(
    all
      .sort(([a], [b]) => a.localeCompare(b, 'en'))
      .map(([path, entry]) => [path, isDenied(path) ? withoutScripts(entry) : entry]),
  );
};
