import { z } from 'zod';

/**
 * Parses the environment once, at cold start; a missing variable stops the function with its name.
 * The only place where a Lambda sees process.env.
 */
export const readEnv = <T extends z.ZodRawShape>(shape: T): z.infer<z.ZodObject<T>> => {
  const parsed = z.object(shape).safeParse(process.env);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new Error(`the environment lacks or misstates: ${names}; the stack that deploys this function sets them`);
};

export const text = z.string().min(1);
