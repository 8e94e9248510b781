// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { dispatchProblem, fail, problemOf } from '../src/problem';
import { endpointUrl, mayPass, providerDown, refused } from '../src/provider/http';

test('errors of wallets and nodes have a kind', () => {
	const cases: [string, string][] = [
		['Cancelled', 'signature-rejected'],
		['Rejected by user', 'signature-rejected'],
		['1010: Invalid Transaction: Inability to pay some fees, e.g. account balance too low', 'balance'],
		['WebSocket is not connected', 'node-down'],
		['disconnected from ws://127.0.0.1:9954: 1006:: Abnormal Closure', 'node-down'],
		['1010: Invalid Transaction: Transaction is outdated', 'refused'],
		['the moon is down', 'unknown'],
	];
	for (const [text, kind] of cases) expect(problemOf(new Error(text)).kind, text).toBe(kind);
});

test('our own errors pass through', () => {
	expect(problemOf(fail('file', 'The file is empty')).title).toBe('The file is empty');
});

test('a refused call says why, and money is told apart', () => {
	expect(dispatchProblem('storageContracts', 'NotActive', 'It is still a proposal.').kind).toBe('refused');
	expect(dispatchProblem('balances', 'InsufficientBalance', '').kind).toBe('balance');
	expect(dispatchProblem('TokenError', 'FundsUnavailable', '').kind).toBe('balance');
});

test('only passing trouble of providers is tried again', () => {
	for (const status of [404, 429, 500, 503]) expect(mayPass(refused(status, '')), String(status)).toBe(true);
	for (const status of [400, 409, 413, 422, 507]) expect(mayPass(refused(status, '')), String(status)).toBe(false);
	expect(mayPass(providerDown('http://x'))).toBe(true);
	expect(mayPass(new Error('x'))).toBe(false);
});

test('a provider is quoted with its advice', () => {
	const { problem } = refused(409, '{"error":"contract 3 has ended","hint":"propose a new one"}');
	expect(problem.text).toBe('contract 3 has ended');
	expect(problem.hint).toContain('propose a new one');
	expect(refused(500, '<html>').problem.text).toBe('Status 500.');
});

test('only web addresses are asked', () => {
	const hex = (text: string): string => `0x${Buffer.from(text).toString('hex')}`;
	expect(endpointUrl(hex('http://127.0.0.1:10064/'))).toBe('http://127.0.0.1:10064');
	for (const text of ['', 'javascript:alert(1)', 'file:///etc/passwd', 'nonsense', 'http://']) {
		expect(endpointUrl(hex(text)), text).toBeUndefined();
	}
	expect(endpointUrl('0xff')).toBeUndefined();
});
