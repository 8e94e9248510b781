// SPDX-License-Identifier: Apache-2.0
// What went wrong, in words that say what to do.

export type ProblemKind =
	| 'node-down'
	| 'provider-down'
	| 'provider-refused'
	| 'wrong-network'
	| 'signature-rejected'
	| 'no-account'
	| 'balance'
	| 'refused'
	| 'file'
	| 'corrupt'
	| 'unknown';

export interface Problem {
	kind: ProblemKind;
	/** What happened. */
	title: string;
	/** What is known about it. */
	text?: string;
	/** What can be done. */
	hint?: string;
}

/** An error that a person can read. */
export class Failure extends Error {
	constructor(readonly problem: Problem) {
		super(problem.title);
	}
}

export function fail(kind: ProblemKind, title: string, hint?: string, text?: string): Failure {
	return new Failure({ kind, title, hint, text });
}

/** A call that the chain refused. */
export function dispatchProblem(pallet: string, name: string, docs: string): Problem {
	const low = /insufficient|funds|balancelow|tokenerror/i.test(`${pallet}.${name}`);
	if (low) {
		return {
			kind: 'balance',
			title: 'Not enough balance',
			text: docs,
			hint: 'Choose another account, fewer windows, or move tokens down from the main chain.',
		};
	}
	return {
		kind: 'refused',
		title: 'The chain refused this',
		text: docs ? `${docs} (${pallet}.${name})` : `${pallet}.${name}`,
		hint: 'Nothing was changed except for the fee.',
	};
}

const PATTERNS: [RegExp, Problem][] = [
	[
		/cancel+ed|rejected by user|user rejected/i,
		{
			kind: 'signature-rejected',
			title: 'The signature was rejected',
			text: 'Nothing was sent and nothing was paid.',
			hint: 'Start again when you want to sign.',
		},
	],
	[
		/inability to pay|balance too low|1010: .*(pay|fee)/i,
		{
			kind: 'balance',
			title: 'Not enough balance',
			text: 'The account cannot pay the fee on this chain.',
			hint: 'Choose another account, or move tokens down from the main chain.',
		},
	],
	[
		/disconnected|websocket|not connected|abnormal closure|no response received|econnrefused/i,
		{
			kind: 'node-down',
			title: 'The node does not answer',
			text: 'The connection to the chain was lost.',
			hint: 'It is tried again by itself. Check that the node runs, or choose another under Network.',
		},
	],
	[
		/outdated|stale|ancient birth block|bad signature|bad proof/i,
		{
			kind: 'refused',
			title: 'The transaction is no longer valid',
			text: 'It was signed for another state of the chain.',
			hint: 'Reload the page and sign again.',
		},
	],
];

/** Any error, made readable. */
export function problemOf(error: unknown): Problem {
	if (error instanceof Failure) return error.problem;
	const text = error instanceof Error ? error.message : String(error);
	for (const [pattern, problem] of PATTERNS) {
		if (pattern.test(text)) return problem;
	}
	return { kind: 'unknown', title: 'Something went wrong', text, hint: 'Try again.' };
}
