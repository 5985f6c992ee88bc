import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ConnectorHealth,
  FAILURES_BEFORE_COOL_DOWN,
  HEALTHY,
  isCoolingDown,
  stepConnectorHealth,
} from '../../src-service/relay/connector-health.ts';
import { CANARY_FLOOR_MS, JOIN_EXCESS, type PickWish, pickTunnel } from '../../src-service/relay/pick-tunnel.ts';

interface Tunnel {
  isUsable: boolean;
  outstanding: number;
  delayMs: number;
  isGathering: boolean;
  pickedAt: number;
}

interface Connector {
  id: string;
  affinityKey: string;
  tunnels: Tunnel[];
  health: ConnectorHealth;
  isDraining: boolean;
  pickedAt: number;
}

const NOW_MS = 1_000_000;
const ANY: PickWish<Tunnel> = {
  triedTunnels: [],
  triedConnectorIds: [],
  onlyOtherConnectors: false,
  affinityKey: undefined,
};

function tunnel(change: Partial<Tunnel> = {}): Tunnel {
  return { isUsable: true, outstanding: 0, delayMs: 1, isGathering: false, pickedAt: 0, ...change };
}

function connector(id: string, tunnels: Tunnel[] = [tunnel()], change: Partial<Connector> = {}): Connector {
  return { id, affinityKey: `key of ${id}`, tunnels, health: HEALTHY, isDraining: false, pickedAt: 0, ...change };
}

/** Picks as the registry does and lets the request stay under way. */
function load(connectors: Connector[], requests: number, wish = ANY): string[] {
  return Array.from({ length: requests }, (_, index) => {
    const picked = pickTunnel(connectors, wish, NOW_MS);
    if (picked === null) return 'nobody';
    picked.connector.pickedAt = index + 1;
    picked.tunnel.pickedAt = index + 1;
    picked.tunnel.outstanding += 1;
    return picked.connector.id;
  });
}

const cooling = (forMs: number): ConnectorHealth => ({ failures: 5, coolUntilMs: NOW_MS + forMs });

describe('B68 the picker', () => {
  test('B66 passes over a connector that is to run empty, even where there is nobody else', () => {
    const draining = connector('a', [tunnel()], { isDraining: true });
    expect(load([draining, connector('b')], 3)).toEqual(['b', 'b', 'b']);
    expect(load([draining], 1, { ...ANY, affinityKey: draining.affinityKey })).toEqual(['nobody']);
  });

  test('spreads what stays under way evenly over connectors of equal speed, and over their tunnels', () => {
    const group = ['a', 'b', 'c'].map((id) => connector(id, [tunnel(), tunnel()]));
    load(group, 60);
    expect(group.map(({ tunnels }) => tunnels.map(({ outstanding }) => outstanding))).toEqual([
      [10, 10],
      [10, 10],
      [10, 10],
    ]);
  });

  test('takes turns among idle ones, whatever the order of the list', () => {
    const group = ['a', 'b', 'c'].map((id) => connector(id));
    const picks: string[] = [];
    for (let turn = 1; turn <= 6; turn += 1) {
      const picked = pickTunnel(group, ANY, NOW_MS);
      if (picked === null) throw new Error('nobody');
      picked.connector.pickedAt = turn;
      picks.push(picked.connector.id);
    }
    expect(picks).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  test('gives a connector whose canary takes four times as long about a quarter of the work', () => {
    const group = [connector('near', [tunnel({ delayMs: 25 })]), connector('far', [tunnel({ delayMs: 100 })])];
    const picks = load(group, 100);
    expect(picks.filter((id) => id === 'far').length).toBe(20);
  });

  test('does not see differences below the floor', () => {
    const group = [connector('a', [tunnel({ delayMs: 0.2 })]), connector('b', [tunnel({ delayMs: CANARY_FLOOR_MS })])];
    expect(load(group, 4)).toEqual(['a', 'b', 'a', 'b']);
  });

  test('goes to another connector before another tunnel of the same, and to that before nobody', () => {
    const [first, second] = [tunnel(), tunnel()];
    const busy = connector('b', [tunnel({ outstanding: 50 })]);
    const wish = { ...ANY, triedTunnels: [first], triedConnectorIds: ['a'] };
    expect(pickTunnel([connector('a', [first, second]), busy], wish, NOW_MS)?.connector.id).toBe('b');
    expect(pickTunnel([connector('a', [first, second])], wish, NOW_MS)?.tunnel).toBe(second);
    const elsewhere = { ...wish, onlyOtherConnectors: true };
    expect(pickTunnel([connector('a', [first, second])], elsewhere, NOW_MS)).toBeNull();
  });

  test('leaves out what cools down; with all of them cooling, takes the one that is nearest to its end', () => {
    const failing = connector('a', [tunnel()], { health: cooling(5000) });
    const healthy = connector('b', [tunnel({ outstanding: 90, delayMs: 900 })]);
    expect(pickTunnel([failing, healthy], ANY, NOW_MS)?.connector.id).toBe('b');
    const alsoFailing = connector('b', [tunnel()], { health: cooling(900) });
    expect(pickTunnel([failing, alsoFailing], ANY, NOW_MS)?.connector.id).toBe('b');
    expect(pickTunnel([failing, alsoFailing], ANY, NOW_MS + 6000)?.connector.id).toBe('a');
  });

  test('keeps to the connector of the session while it stands and is well', () => {
    const group = [connector('a'), connector('b', [tunnel({ outstanding: 30 })])];
    const wish = { ...ANY, affinityKey: 'key of b' };
    expect(pickTunnel(group, wish, NOW_MS)?.connector.id).toBe('b');
    expect(pickTunnel(group, { ...ANY, affinityKey: 'made up' }, NOW_MS)?.connector.id).toBe('a');
    const failing = [connector('a'), connector('b', [tunnel()], { health: cooling(10) })];
    expect(pickTunnel(failing, wish, NOW_MS)?.connector.id).toBe('a');
  });

  test('keeps what comes within a tick to one tunnel of a connector, unless that is much busier or slower', () => {
    const tunnelFor = (other: Partial<Tunnel>, best: Partial<Tunnel> = {}): 'joined' | 'best' => {
      const joined = tunnel({ isGathering: true, ...other });
      return pickTunnel([connector('a', [tunnel(best), joined])], ANY, NOW_MS)?.tunnel === joined ? 'joined' : 'best';
    };
    expect(tunnelFor({ outstanding: JOIN_EXCESS })).toBe('joined');
    expect(tunnelFor({ outstanding: JOIN_EXCESS + 1 })).toBe('best');
    expect(tunnelFor({ outstanding: 1, delayMs: CANARY_FLOOR_MS })).toBe('joined');
    expect(tunnelFor({ outstanding: 1, delayMs: CANARY_FLOOR_MS + 1 })).toBe('best');
    expect(tunnelFor({ outstanding: 1, delayMs: 300 }, { delayMs: 300 })).toBe('joined');
    expect(tunnelFor({ outstanding: 1, isUsable: false })).toBe('best');
    expect(tunnelFor({ outstanding: 1 }, { isGathering: true })).toBe('best');
  });

  test('chooses among connectors as if none were being written to', () => {
    const written = connector('a', [tunnel({ outstanding: 1, isGathering: true })]);
    expect(pickTunnel([written, connector('b')], ANY, NOW_MS)?.connector.id).toBe('b');
  });

  const anyTunnel = fc.record({
    isUsable: fc.boolean(),
    outstanding: fc.nat(50),
    delayMs: fc.float({ min: 0, max: 5000, noNaN: true }),
    isGathering: fc.boolean(),
    pickedAt: fc.nat(99),
  });
  const anyGroup = fc
    .array(fc.tuple(fc.array(anyTunnel, { maxLength: 3 }), fc.nat(20_000), fc.nat(99)), { maxLength: 5 })
    .map((all) =>
      all.map(([tunnels, coolMs, pickedAt], index) =>
        connector(`c${index}`, tunnels, { health: { failures: 0, coolUntilMs: NOW_MS - 10_000 + coolMs }, pickedAt }),
      ),
    );

  test('finds a usable tunnel exactly when there is one that was not tried, and never a worse one', () => {
    fc.assert(
      fc.property(anyGroup, fc.nat(4), (group, triedIndex) => {
        const triedTunnels = group[triedIndex]?.tunnels.slice(0, 1) ?? [];
        const wish = { ...ANY, triedTunnels, triedConnectorIds: triedTunnels.length > 0 ? [`c${triedIndex}`] : [] };
        const picked = pickTunnel(group, wish, NOW_MS);
        const usable = group.flatMap(({ tunnels }) =>
          tunnels.filter((each) => each.isUsable && !triedTunnels.includes(each)),
        );
        expect(picked === null).toBe(usable.length === 0);
        if (picked === null) return;
        expect(usable).toContain(picked.tunnel);
        const isWell = (each: Connector): boolean => !isCoolingDown(each.health, NOW_MS);
        const well = group.filter(
          ({ tunnels, ...rest }) => isWell({ tunnels, ...rest }) && tunnels.some((each) => usable.includes(each)),
        );
        if (well.length > 0) expect(isWell(picked.connector)).toBe(true);
      }),
    );
  });
});

describe('the health of a connector', () => {
  const fail = (state: ConnectorHealth, nowMs: number): ConnectorHealth => stepConnectorHealth(state, 'failed', nowMs);

  test('one failure says nothing, three in a row leave it out for a second', () => {
    let state = HEALTHY;
    for (let count = 1; count < FAILURES_BEFORE_COOL_DOWN; count += 1) {
      state = fail(state, 0);
      expect(isCoolingDown(state, 0)).toBe(false);
    }
    state = fail(state, 0);
    expect([isCoolingDown(state, 999), isCoolingDown(state, 1000)]).toEqual([true, false]);
  });

  test('each failure after a cool-down doubles it, up to 30 s; what fails meanwhile counts for nothing', () => {
    let state = HEALTHY;
    let nowMs = 0;
    const lengths: number[] = [];
    for (let count = 1; count <= 10; count += 1) {
      state = fail(state, nowMs);
      expect(fail(state, nowMs)).toEqual(isCoolingDown(state, nowMs) ? state : fail(state, nowMs));
      if (!isCoolingDown(state, nowMs)) continue;
      lengths.push(state.coolUntilMs - nowMs);
      nowMs = state.coolUntilMs;
    }
    expect(lengths).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  test('a success makes it well at once', () => {
    const state = [0, 0, 0].reduce(fail, HEALTHY);
    expect(stepConnectorHealth(state, 'succeeded', 1)).toBe(HEALTHY);
  });

  test('whatever comes, it is left out for at most 30 s', () => {
    const inputs = fc.array(fc.tuple(fc.constantFrom('failed' as const, 'succeeded' as const), fc.nat(40_000)));
    fc.assert(
      fc.property(inputs, (all) => {
        let state = HEALTHY;
        let nowMs = 0;
        for (const [input, afterMs] of all) {
          nowMs += afterMs;
          state = stepConnectorHealth(state, input, nowMs);
          expect(state.coolUntilMs - nowMs).toBeLessThanOrEqual(30_000);
          if (input === 'succeeded') expect(isCoolingDown(state, nowMs)).toBe(false);
        }
      }),
    );
  });
});
