// SPDX-License-Identifier: Apache-2.0
// Small parts that all pages share.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { exactAmount, formatAmount, short, type Num } from '../format';
import { problemOf, type Problem } from '../problem';

/** An error: what happened, and what can be done. */
export function Trouble({ problem, children }: { problem?: Problem; children?: ComponentChildren }) {
	if (!problem) return null;
	return (
		<div class="trouble" role="alert" data-kind={problem.kind}>
			<strong>{problem.title}</strong>
			{problem.text && <p>{problem.text}</p>}
			{problem.hint && <p class="hint">{problem.hint}</p>}
			{children}
		</div>
	);
}

export function Amount({ of }: { of: Num | bigint }) {
	return <span class="amount" title={exactAmount(of)}>{formatAmount(of)}</span>;
}

/** A hash or account that can be copied. */
export function Code({ text, side = 6, label }: { text: string; side?: number; label?: string }) {
	const [copied, setCopied] = useState(false);
	const copy = async (): Promise<void> => {
		try {
			await navigator.clipboard.writeText(text);
			setCopied(true);
			setTimeout(() => setCopied(false), 1_500);
		} catch {
			// Without permission the full text can still be read and selected.
		}
	};
	const shown = copied ? 'copied' : short(text, side);
	return (
		<button type="button" class="code" title={text} onClick={copy} aria-label={`Copy ${label ?? 'text'} ${shown}`}>
			{shown}
		</button>
	);
}

export function Progress({ label, done, total }: { label: string; done: number; total: number }) {
	const share = total > 0 ? Math.min(100, Math.floor((100 * done) / total)) : 0;
	return (
		<div class="progress">
			<div class="progress-text"><span>{label}</span><span>{share} %</span></div>
			<progress aria-label={label} max={100} value={share} />
		</div>
	);
}

/** A part of a whole, as a thin bar. */
export function Bar({ share, label }: { share: number; label: string }) {
	const width = Math.max(0, Math.min(100, share));
	return (
		<div class="bar" role="img" aria-label={label} title={label}>
			<div style={{ width: `${width}%` }} />
		</div>
	);
}

export function Tag({ tone, children }: { tone?: 'good' | 'warn' | 'bad' | 'calm'; children: ComponentChildren }) {
	return <span class={`tag ${tone ?? 'calm'}`}>{children}</span>;
}

export function Facts({ list }: { list: [string, ComponentChildren][] }) {
	return (
		<dl class="facts">
			{list.map(([name, value]) => (
				<div key={name}><dt>{name}</dt><dd>{value}</dd></div>
			))}
		</dl>
	);
}

export function Empty({ children }: { children: ComponentChildren }) {
	return <p class="empty">{children}</p>;
}

export interface Loaded<T> {
	data?: T;
	problem?: Problem;
	loading: boolean;
	again(): void;
}

/** Loads something now, when `keys` change, and every `every` milliseconds; keeps the old meanwhile. */
export function useLoaded<T>(load: () => Promise<T>, keys: unknown[], every = 0): Loaded<T> {
	const [state, setState] = useState<{ data?: T; problem?: Problem; loading: boolean }>({ loading: true });
	const [turn, setTurn] = useState(0);
	const shown = useRef<string>('');
	const key = JSON.stringify(keys);
	useEffect(() => {
		let gone = false;
		// What belongs to other keys must not be taken for the answer to these.
		if (shown.current !== key) setState({ loading: true });
		shown.current = key;
		const run = async (): Promise<void> => {
			try {
				const data = await load();
				if (!gone) setState({ data, loading: false });
			} catch (error) {
				if (!gone) setState((old) => ({ ...old, problem: problemOf(error), loading: false }));
			}
		};
		void run();
		const timer = every > 0 ? setInterval(() => void run(), every) : undefined;
		return () => {
			gone = true;
			clearInterval(timer);
		};
	}, [key, turn]);
	return { ...state, again: () => setTurn((old) => old + 1) };
}
