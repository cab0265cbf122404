import { Logger } from '@aws-lambda-powertools/logger';

/** One logger a process: service and level come from POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL. */
export const logger = new Logger();
