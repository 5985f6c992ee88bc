import { leaveHeadsToNode } from './response-heads.ts';

/** Runs before each file of the project `integration-node-heads`. */
leaveHeadsToNode();
