#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// The second call starts in half the time.
enableCompileCache?.();
const { localProgram } = await import('./local-program.ts');
const program = (await localProgram(process.argv.slice(2))) ?? (await import('./program.ts')).program();

await program.parseAsync().catch(async (error: unknown) => {
  const { reportFailure } = await import('./report-failure.ts');
  reportFailure(error);
});
