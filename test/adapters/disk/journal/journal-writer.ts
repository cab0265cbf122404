import { writeSync } from 'node:fs';
import { claimFolder, DiskJournal } from '#adapters/disk/journal/index.ts';

// A process that writes lines of its own for ever, and says of each when it is safe, or why it is not.
const [root = '', segmentBytes = '4096'] = process.argv.slice(2);
let names = 0;
const journal = new DiskJournal({
  folder: await claimFolder(root, `owner-${process.pid}`),
  nextName: () => {
    names += 1;
    return `${process.pid}-${String(names).padStart(6, '0')}`;
  },
  notice: () => {},
  segmentBytes: Number(segmentBytes),
});

for (let n = 0; ; n += 1) {
  try {
    journal.append([`{"n":${n},"filling":"${'x'.repeat(n % 300)}"}`]);
    writeSync(1, `${n}\n`);
  } catch (error) {
    writeSync(1, `${(error as NodeJS.ErrnoException).code}\n`);
  }
}
