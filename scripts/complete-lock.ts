/**
 * Completes package-lock.json after npm wrote it (`npm run lock`).
 * npm leaves out platform packages that it did not resolve, and then refuses its own lock;
 * npm 10 does not know `allowScripts`, so what that denies must be denied in the lock too.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { completeLock, missingPackages } from './lib/lock-file.ts';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8'));
const denied = Object.keys(allowScripts).filter((name) => !allowScripts[name]);
const added = missingPackages(lock.packages).length;
lock.packages = completeLock(lock.packages, denied);
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} platform packages added, scripts denied for ${denied.join(', ')}`);
