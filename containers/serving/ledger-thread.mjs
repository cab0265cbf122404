// Beside start.mjs, in a checkout and in the image's bundles alike.
import './ledger/thread.ts';
