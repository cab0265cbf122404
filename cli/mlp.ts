#!/usr/bin/env node
import { program } from './program.ts';
import { reportFailure } from './report-failure.ts';

await program()
  .parseAsync()
  .catch((error: unknown) => reportFailure(error));
