import { config } from 'zod';

/** The window's policy forbids code made from text; without this zod tries whether it may, and the attempt is reported. */
config({ jitless: true });
