import { leaveHeadsToNode } from './response-heads.ts';
import { leaveRequestsToNode } from './user-requests.ts';

/** Runs before each file of the project `integration-node-http`. */
leaveHeadsToNode();
leaveRequestsToNode();
