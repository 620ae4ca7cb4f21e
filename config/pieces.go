package config

import (
	"bytes"
	"sort"
	"strconv"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// pieceSize is about how many bytes of a file are parsed at once. The parser
// needs some 50 times the memory of a source for a moment, and to grow into it,
// it copies what it has again and again: small pieces cost less.
const pieceSize = 4 << 10

// pieces says where a source can be cut so that each piece holds whole blocks,
// has a size at least (but the last), and can be parsed by itself: the offsets at
// which they end, the last one at the end of the source. It is one piece where that cannot be told by the looks of
// the bytes alone.
func pieces(src []byte, size int) []int {
	whole := []int{len(src)}
	if len(src) < 2*size || !utf8.Valid(src) {
		return whole
	}
	var ends []int
	last, depth := 0, 0
	for i := 0; i < len(src); i++ {
		switch rest := src[i:]; rest[0] {
		case '"':
			length := plainText(rest)
			if length == 0 {
				return whole
			}
			i += length - 1
		case '(', '[', '{':
			depth++
		case ')', ']':
			depth--
		case '}':
			depth--
			if depth == 0 && i+1-last >= size && len(rest) > 1 && rest[1] == '\n' {
				last = i + 2
				ends = append(ends, last)
			}
		case '#', '/', '<':
			switch {
			case bytes.HasPrefix(rest, []byte("/*")), bytes.HasPrefix(rest, []byte("<<")):
				return whole
			case rest[0] == '#', bytes.HasPrefix(rest, []byte("//")):
				i += len(rest[:max(1, bytes.IndexByte(rest, '\n'))]) - 1
			}
		}
		if depth < 0 {
			return whole
		}
	}
	return append(ends, len(src))
}

// eachPiece gives a source piece by piece to a function, with where the piece
// begins, until that says no.
func eachPiece(src []byte, size int, use func(piece []byte, start hcl.Pos) bool) bool {
	start := hcl.InitialPos
	for _, end := range pieces(src, size) {
		piece := src[start.Byte:end]
		if !use(piece, start) {
			return false
		}
		start = hcl.Pos{Line: start.Line + bytes.Count(piece, []byte("\n")), Column: 1, Byte: end}
	}
	return true
}

// parsePiece is not ok where the piece is not sound: then what the parser has to
// say only the source as a whole can tell.
func parsePiece(piece []byte, name string, start hcl.Pos) (*hclsyntax.Body, bool) {
	file, diags := hclsyntax.ParseConfig(piece, name, start)
	body, native := file.Body.(*hclsyntax.Body)
	return body, native && len(diags) == 0 && len(body.Attributes) == 0
}

// headers are the blocks of a file, in their order: what a diagnostic shows of
// the place it is about, when the tree of the file is gone.
type headers []header

type header struct {
	from, to int // bytes
	block    string
	labels   []string
}

func headersOf(body *hclsyntax.Body, all headers) headers {
	for _, block := range body.Blocks {
		r := block.Range()
		all = append(all, header{from: r.Start.Byte, to: r.End.Byte, block: block.Type, labels: block.Labels})
	}
	return all
}

// ContextString is the header of the block at an offset, as the library that
// shows diagnostics asks for it.
func (h headers) ContextString(offset int) string {
	i := sort.Search(len(h), func(i int) bool { return h[i].to > offset })
	if i == len(h) || h[i].from > offset {
		return ""
	}
	text := h[i].block
	for _, label := range h[i].labels {
		text += " " + strconv.Quote(label)
	}
	return text
}
