// SPDX-License-Identifier: Apache-2.0
// Proposals whose file is not uploaded yet, remembered over reloads.

const KEY = 'terrace.uploads';

export interface Pending {
	contract: number;
	root: string;
	name: string;
}

function read(): Pending[] {
	try {
		const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
		return Array.isArray(found) ? (found as Pending[]) : [];
	} catch {
		return [];
	}
}

function write(list: Pending[]): void {
	localStorage.setItem(KEY, JSON.stringify(list.slice(-50)));
}

export function keepUpload(one: Pending): void {
	write([...read().filter(({ contract }) => contract !== one.contract), one]);
}

export function forgetUpload(contract: number): void {
	write(read().filter((one) => one.contract !== contract));
}

/** Name of the file that a proposal waits for, if it was proposed here. */
export function pendingName(contract: number, root: string): string | undefined {
	const plain = root.replace(/^0x/, '');
	return read().find((one) => one.contract === contract && one.root === plain)?.name;
}
