import { makeSystemRuntime } from '../../src-main/connector/engine-runtime.ts';
import { lookupWith } from '../../src-main/connector/loopback-lookup.ts';

/** The side effects of an engine, and the names, of the process that a test file runs in. */
export const systemRuntime = makeSystemRuntime();
export const { findAddresses } = systemRuntime;
export const loopbackLookup = lookupWith(findAddresses);
