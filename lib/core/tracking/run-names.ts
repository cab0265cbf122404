import type { Ids } from '../shared/ports.ts';

const QUALITIES =
  'able amused ancient big bold bright calm capable clean clever crisp curious dapper eager fair fearless fast gentle glad grand honest intrigued jovial keen kind learned lively luminous mellow merry nimble noble open patient polite proud quick quiet rare rich serious sharp shy silent smooth stately steady swift tasty thoughtful tidy traveling vivid warm wise zealous'.split(
    ' ',
  );
const CREATURES =
  'ant auk bass bat bear bee bird boar calf carp cat chimp cod colt cow crab crane crow cub deer dolphin dove duck eel elk finch fish flea fly foal fox frog gnat goat goose grouse gull hare hawk hen hog horse hound jay kit kite koi lamb lark loon lynx mare midge mink mole moose moth mouse mule newt owl ox panda perch pig pug quail ram rat ray rook seal shad shark sheep shrew shrike skink skunk slug smelt snail snake snipe sow squid stag steed stoat stork swan tern toad trout vole wasp whale wolf worm wren yak zebra'.split(
    ' ',
  );

/** A name for who gave none. @example randomName(ids) // 'bright-owl-412' */
export const randomName = (ids: Ids): string => {
  const digits = ids.hex32();
  const pick = (from: number, below: number): number => Number.parseInt(digits.slice(from, from + 6), 16) % below;
  return `${QUALITIES[pick(0, QUALITIES.length)]}-${CREATURES[pick(6, CREATURES.length)]}-${pick(12, 1_000)}`;
};
