import { describe, expect, it } from '@jest/globals';
import { plainCause } from '#adapters/aws/sfn-cause.ts';

const ofLambda = JSON.stringify({ errorMessage: 'no rows', errorType: 'TOO_FEW_ROWS', trace: [] });
const ofExecution = JSON.stringify({ ExecutionArn: 'arn', Status: 'FAILED', Error: 'TOO_FEW_ROWS', Cause: ofLambda });

describe('plainCause', () => {
  it.each([
    ['of a Lambda', ofLambda, 'no rows'],
    ['of an execution inside another', ofExecution, 'no rows'],
    ['of a task', '{"StopCode":"EssentialContainerExited"}', '{"StopCode":"EssentialContainerExited"}'],
    ['in words', 'shard 3 is gone', 'shard 3 is gone'],
    ['of JSON that is no object', '"text"', '"text"'],
    ['cut in the middle', ofExecution.slice(0, 40), ofExecution.slice(0, 40)],
  ])('of a failure %s', (_, cause, words) => expect(plainCause(cause)).toBe(words));
});
