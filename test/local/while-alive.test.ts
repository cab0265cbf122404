import { describe, expect, it } from '@jest/globals';
import { LocalStageError } from '#local/errors.ts';
import { whileAlive } from '#local/while-alive.ts';

const end = new LocalStageError({ code: 'EMULATOR_DIED', message: 'its log ends: boom', remedy: 'Start again' });
const never = new Promise<never>(() => {});

describe('whileAlive', () => {
  it('answers what the work answers', async () => {
    expect(await whileAlive(never, Promise.resolve(7))).toBe(7);
  });

  it("throws the work's failure while the emulator lives", async () => {
    await expect(whileAlive(never, Promise.reject(new Error('a rule was broken')))).rejects.toThrow(
      'a rule was broken',
    );
  });

  it('does not wait for work that can never end', async () => {
    await expect(whileAlive(Promise.resolve(end), never)).rejects.toBe(end);
  });

  it("throws the emulator's end for a failure that it caused, although it is noticed later", async () => {
    const died = new Promise<LocalStageError>((tell) => setTimeout(tell, 50, end));
    await expect(whileAlive(died, Promise.reject(new Error('ECONNREFUSED')))).rejects.toBe(end);
  });
});
