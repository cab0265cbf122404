import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Deployment } from '#contracts/deployment.ts';
import type { DeploymentCache } from '#core/serving/index.ts';
import { unlessAbsent, writeWhole } from './write-whole.ts';

/** DeploymentCache in one JSON file. What cannot be read is as if nothing had been kept. */
export const diskDeploymentCache = (file: string): DeploymentCache => {
  let writing: Promise<void> = Promise.resolve();
  return {
    read: async () => {
      const text = await unlessAbsent(readFile(file, 'utf8'));
      try {
        return z.array(Deployment).parse(JSON.parse(text ?? '[]'));
      } catch {
        return [];
      }
    },
    // One after the other, so that the last asked is the last written.
    write: (deployments) => {
      const text = JSON.stringify(deployments);
      writing = writing.catch(() => {}).then(() => writeWhole(file, text));
      return writing;
    },
  };
};
