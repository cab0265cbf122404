import { describe, expect, it } from '@jest/globals';
import { TurnLedger } from '#core/serving/ledger/index.ts';
import { newTally } from './some-records.ts';

const world = ({ mostBytes = 100, mostHeldBytes = 20 } = {}) => {
  const appended: string[] = [];
  const kept: string[] = [];
  const notices: string[] = [];
  const state = { isDiskFull: false, turns: [] as (() => void)[] };
  const size = (texts: readonly string[]): number => texts.join('').length;
  const ledger = new TurnLedger({
    journal: {
      append: (lines) => {
        if (state.isDiskFull) throw new Error('ENOSPC');
        appended.push(`${lines.join('\n')}\n`);
      },
      bytes: () => size(appended),
    },
    held: { hold: (lines) => kept.push(lines), bytes: () => size(kept) },
    tally: { ...newTally(), delivered: 7 },
    afterThisTurn: (callback) => state.turns.push(callback),
    notice: (what) => notices.push(what),
    mostBytes,
    mostHeldBytes,
  });
  const endTurn = (): void => {
    for (const callback of state.turns.splice(0)) callback();
  };
  return { appended, kept, notices, state, ledger, endTurn };
};

describe('the ledger of one event-loop turn', () => {
  it('writes all lines of a turn at once, and says that they are safe only then', async () => {
    const { ledger, appended, endTurn } = world();
    let safe = 0;
    const commits = [['a'], ['b', 'c']].map((lines) => ledger.commit(lines).then(() => (safe += 1)));
    await Promise.resolve();
    expect([appended, safe]).toEqual([[], 0]);
    endTurn();
    await Promise.all(commits);
    expect([appended, safe]).toEqual([['a\nb\nc\n'], 2]);
    const next = ledger.commit(['d']);
    endTurn();
    await next;
    expect(appended).toEqual(['a\nb\nc\n', 'd\n']);
    expect(ledger.counts()).toMatchObject({ written: 4, delivered: 7, refused: 0, waitingBytes: 8 });
  });

  it('holds lines in memory while the disk refuses, up to a bound, and refuses beyond it rather than lose one', async () => {
    const { ledger, kept, notices, state, endTurn } = world();
    state.isDiskFull = true;
    const fits = ledger.commit(['0123456789']);
    endTurn();
    await fits;
    ledger.refuseWhenFull();
    const tooMuch = ledger.commit(['0123456789']);
    endTurn();
    await expect(tooMuch).rejects.toMatchObject({ code: 'LEDGER_FULL' });
    expect(kept).toEqual(['0123456789\n']);
    expect(ledger.counts()).toMatchObject({ written: 1, refused: 1, lost: 0 });
    state.isDiskFull = false;
    const again = ledger.commit(['x']);
    endTurn();
    await again;
    expect(notices).toEqual([expect.stringContaining('memory'), expect.stringContaining('again')]);
  });

  it('refuses before a model is asked when the disk holds as much as may wait', () => {
    const { ledger, appended } = world({ mostBytes: 10 });
    ledger.refuseWhenFull();
    appended.push('0123456789');
    expect(() => ledger.refuseWhenFull()).toThrow('10 bytes of prediction records wait on disk (10 may)');
    expect(ledger.counts().refused).toBe(1);
  });
});
