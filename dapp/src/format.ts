// SPDX-License-Identifier: Apache-2.0
// Amounts, bytes and times as people write and read them; the same forms as the command line uses.

export const DECIMALS = 12;
export const SYMBOL = 'TERR';
export const UNIT = 10n ** BigInt(DECIMALS);

/** A number as polkadot.js writes it in JSON: small ones as such, others as hexadecimal text. */
export type Num = number | string;

export function big(value: Num | bigint | null | undefined): bigint {
	if (value === null || value === undefined) return 0n;
	return BigInt(value);
}

/** Reads an amount of tokens like `12`, `1.5` or `1.5 TERR`; `undefined` if it is none. */
export function parseAmount(text: string): bigint | undefined {
	const match = /^\s*(\d*)(?:\.(\d*))?\s*(?:terr)?\s*$/i.exec(text);
	if (!match) return undefined;
	const whole = match[1] ?? '';
	const fraction = (match[2] ?? '').replace(/0+$/, '');
	if ((whole === '' && (match[2] ?? '') === '') || fraction.length > DECIMALS) return undefined;
	return BigInt((whole || '0') + fraction.padEnd(DECIMALS, '0'));
}

/** Writes an amount with all of its digits. */
export function exactAmount(amount: Num | bigint): string {
	const value = big(amount);
	const fraction = (value % UNIT).toString().padStart(DECIMALS, '0').replace(/0+$/, '');
	return `${value / UNIT}${fraction ? `.${fraction}` : ''} ${SYMBOL}`;
}

/** Writes an amount with at most `digits` significant decimals, never showing something as nothing. */
export function formatAmount(amount: Num | bigint, digits = 4): string {
	const value = big(amount);
	const whole = value / UNIT;
	const all = (value % UNIT).toString().padStart(DECIMALS, '0');
	const zeros = /^0*/.exec(all)?.[0].length ?? 0;
	const cut = whole > 0n ? digits : Math.min(DECIMALS, zeros + digits);
	const fraction = all.slice(0, cut).replace(/0+$/, '');
	return `${whole.toLocaleString('en')}${fraction ? `.${fraction}` : ''} ${SYMBOL}`;
}

export function formatBytes(bytes: Num | bigint): string {
	const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
	let value = Number(big(bytes));
	let unit = 0;
	while (value >= 1024 && unit < units.length - 1) {
		value /= 1024;
		unit += 1;
	}
	return unit === 0 ? `${value} B` : `${(Math.floor(value * 10) / 10).toFixed(1)} ${units[unit]}`;
}

export function formatDuration(milliseconds: number): string {
	const seconds = Math.ceil(Math.max(0, milliseconds) / 1000);
	const days = Math.floor(seconds / 86_400);
	const hours = Math.floor(seconds / 3_600) % 24;
	const minutes = Math.floor(seconds / 60) % 60;
	if (days > 0) return `${days} d ${hours} h`;
	if (hours > 0) return `${hours} h ${minutes} min`;
	if (minutes > 0) return `${minutes} min ${seconds % 60} s`;
	return `${seconds} s`;
}

/** A point in time for the reader's own clock. */
export function formatTime(milliseconds: number): string {
	return new Date(milliseconds).toLocaleString(undefined, {
		dateStyle: 'medium',
		timeStyle: 'short',
	});
}

export function count(number: number, one: string, many = `${one}s`): string {
	return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

/** A hash or account, shortened in the middle. */
export function short(text: string, side = 6): string {
	return text.length <= 2 * side + 3 ? text : `${text.slice(0, side)}…${text.slice(-side)}`;
}

export function percent(part: Num | bigint, whole: Num | bigint): number {
	const all = big(whole);
	return all === 0n ? 0 : Number((big(part) * 10_000n) / all) / 100;
}
