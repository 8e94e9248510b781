// SPDX-License-Identifier: Apache-2.0
//! BLAKE3 as its paper describes it, as far as it is needed here.

/// A chaining value in words.
pub(super) type Words8 = [u32; 8];

const IV: Words8 = [
	0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
];
const PERMUTATION: [usize; 16] = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];

const CHUNK_START: u32 = 1;
const CHUNK_END: u32 = 2;
const PARENT: u32 = 4;
const ROOT: u32 = 8;
const KEYED_HASH: u32 = 16;

/// The bytes of a chaining value.
pub(super) fn bytes_of(words: &Words8) -> [u8; 32] {
	std::array::from_fn(|i| words[i / 4].to_le_bytes()[i % 4])
}

/// The words of a chaining value.
pub(super) fn words_of(bytes: &[u8; 32]) -> Words8 {
	std::array::from_fn(|i| word_at(bytes, i))
}

/// The value of a chunk.
pub(super) fn chunk(data: &[u8], index: u64, is_root: bool) -> Words8 {
	let blocks = data.len().div_ceil(64).max(1);
	let mut value = IV;
	for number in 0..blocks {
		let block = &data[number * 64..data.len().min(number * 64 + 64)];
		let start = if number == 0 { CHUNK_START } else { 0 };
		let end = if number + 1 == blocks { CHUNK_END | root_flag(is_root) } else { 0 };
		value = first_half(compress(&value, block, index, start | end));
	}
	value
}

/// The value of an inner node.
pub(super) fn parent(left: &Words8, right: &Words8, is_root: bool) -> Words8 {
	let block = [bytes_of(left), bytes_of(right)].concat();
	first_half(compress(&IV, &block, 0, PARENT | root_flag(is_root)))
}

/// Eight words of the stream keyed with `key` over an input of at most one block.
pub(super) fn keyed_stream_block(key: &[u8; 32], input: &[u8], number: u64) -> [u64; 8] {
	let flags = KEYED_HASH | CHUNK_START | CHUNK_END | ROOT;
	let words = compress(&words_of(key), input, number, flags);
	std::array::from_fn(|i| u64::from(words[2 * i]) | (u64::from(words[2 * i + 1]) << 32))
}

fn root_flag(is_root: bool) -> u32 {
	if is_root {
		ROOT
	} else {
		0
	}
}

fn word_at(bytes: &[u8], number: usize) -> u32 {
	(0..4).map(|i| u32::from(*bytes.get(number * 4 + i).unwrap_or(&0)) << (8 * i)).sum()
}

fn first_half(words: [u32; 16]) -> Words8 {
	std::array::from_fn(|i| words[i])
}

fn compress(value: &Words8, block: &[u8], counter: u64, flags: u32) -> [u32; 16] {
	let mut message: [u32; 16] = std::array::from_fn(|i| word_at(block, i));
	let tail = [counter as u32, (counter >> 32) as u32, block.len() as u32, flags];
	let mut state: [u32; 16] = std::array::from_fn(|i| match i {
		0..8 => value[i],
		8..12 => IV[i - 8],
		_ => tail[i - 12],
	});
	for _ in 0..7 {
		round(&mut state, &message);
		message = PERMUTATION.map(|from| message[from]);
	}
	std::array::from_fn(|i| state[i] ^ if i < 8 { state[i + 8] } else { value[i - 8] })
}

fn round(state: &mut [u32; 16], message: &[u32; 16]) {
	for column in 0..4 {
		let lanes = [column, 4 + column, 8 + column, 12 + column];
		quarter(state, lanes, message[2 * column], message[2 * column + 1]);
	}
	for diagonal in 0..4 {
		let lane = |row: usize| 4 * row + (diagonal + row) % 4;
		let (x, y) = (message[8 + 2 * diagonal], message[9 + 2 * diagonal]);
		quarter(state, [lane(0), lane(1), lane(2), lane(3)], x, y);
	}
}

fn quarter(state: &mut [u32; 16], [a, b, c, d]: [usize; 4], x: u32, y: u32) {
	for (input, first, second) in [(x, 16, 12), (y, 8, 7)] {
		state[a] = state[a].wrapping_add(state[b]).wrapping_add(input);
		state[d] = (state[d] ^ state[a]).rotate_right(first);
		state[c] = state[c].wrapping_add(state[d]);
		state[b] = (state[b] ^ state[c]).rotate_right(second);
	}
}
