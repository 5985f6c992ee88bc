import { leaveRequestsToNode } from './user-requests.ts';

/** Runs before each file of the project `integration-node-http`. */
leaveRequestsToNode();
