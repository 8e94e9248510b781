// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { note, noteName, obstacle } from '../src/words';

test('obstacles tell their numbers', () => {
	expect(obstacle({ fundsShort: { free: 0, needed: 2_000_000_000_000 } })).toBe(
		'Not enough balance: the account can spend 0 TERR, and 2 TERR are needed.');
	expect(obstacle({ windowsOutOfRange: { least: 1, most: 100_000 } })).toBe(
		'The provider offers 1 to 100,000 windows of one contract.');
	expect(obstacle('NotAccepting')).toBe('The provider takes no new contracts.');
});

test('notes nest obstacles', () => {
	const said = note({ closesLater: { because: { faultYoung: { until: 1_200 } } } });
	expect(said).toContain('cannot be closed yet');
	expect(said).toContain('until block 1,200');
});

test('a note without fields has a name in both forms', () => {
	expect(noteName({ lapsed: null })).toBe('lapsed');
	expect(noteName('Lapsed')).toBe('lapsed');
	expect(note({ lapsed: null })).toContain('anybody may expire it');
});

test('what a newer runtime says is not hidden', () => {
	expect(note({ waitsForRain: { until: 3 } })).toBe('waits for rain');
});
