// SPDX-License-Identifier: Apache-2.0
// What the page and the hashing worker say to each other.

export type ToWorker =
	| { kind: 'file'; file: Blob }
	| { kind: 'piece'; bytes: ArrayBuffer }
	| { kind: 'end' };

export type FromWorker =
	| { kind: 'progress'; done: number }
	| { kind: 'root'; root: string }
	| { kind: 'error'; text: string };
