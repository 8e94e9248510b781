// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import {
	exactAmount, formatAmount, formatBytes, formatDuration, parseAmount, percent, short, UNIT,
} from '../src/format';

test('amounts are read', () => {
	const cases: [string, bigint][] = [
		['0', 0n], ['1', UNIT], ['1.5', UNIT + UNIT / 2n], ['1.5 TERR', UNIT + UNIT / 2n], ['2terr', 2n * UNIT],
		[' 3 ', 3n * UNIT], ['.5', UNIT / 2n], ['5.', 5n * UNIT], ['0.000000000001', 1n], ['0.0000000000010', 1n],
	];
	for (const [text, amount] of cases) expect(parseAmount(text), text).toBe(amount);
});

test('other texts are refused', () => {
	for (const text of ['', '.', '-1', '1,5', '1e3', '0x10', 'TERR', '1.2.3', '1 DOT', 'ä', '0.0000000000001']) {
		expect(parseAmount(text), text).toBeUndefined();
	}
});

test('amounts are written as they are read', () => {
	for (const amount of [0n, 1n, UNIT, UNIT + 1n, (UNIT * 3n) / 2n, 2n ** 128n - 1n]) {
		expect(parseAmount(exactAmount(amount))).toBe(amount);
	}
});

test('a small amount is never shown as nothing', () => {
	expect(formatAmount(1n)).toBe('0.000000000001 TERR');
	expect(formatAmount(62_501_603_000n)).toBe('0.0625 TERR');
	expect(formatAmount(1234n * UNIT + UNIT / 2n)).toBe('1,234.5 TERR');
	expect(formatAmount('0x0000000000000000000000e8d4a51000')).toBe('1 TERR');
});

test('bytes and durations have fitting units', () => {
	expect([0, 1023, 1024, 1536, 64 * 2 ** 20].map((n) => formatBytes(n))).toEqual(
		['0 B', '1023 B', '1.0 KiB', '1.5 KiB', '64.0 MiB']);
	expect([1, 59_000, 200_000, 3_600_000, 90_000_000].map(formatDuration)).toEqual(
		['1 s', '59 s', '3 min 20 s', '1 h 0 min', '1 d 1 h']);
});

test('shares and shortened texts', () => {
	expect(percent(1, 4)).toBe(25);
	expect(percent(1, 0)).toBe(0);
	expect(short('0x1234567890abcdef', 4)).toBe('0x12…cdef');
	expect(short('abc')).toBe('abc');
});
