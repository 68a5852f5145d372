package main

import (
	"encoding/binary"
	"errors"
	"net"
	"strings"
)

const (
	typeA      = 1
	typeAny    = 255
	classIN    = 1
	headerSize = 12

	codeFormatError = 1
	codeNotFound    = 3
	codeRefused     = 5
)

var errFormat = errors.New("not a query with one question")

// question is what a query asks, and where in the message it ends.
type question struct {
	name string
	kind uint16
	end  int
}

// parseQuestion reads the only question of a query. A question is never compressed.
func parseQuestion(message []byte) (question, error) {
	if len(message) < headerSize || message[2]&0x80 != 0 || binary.BigEndian.Uint16(message[4:]) != 1 {
		return question{}, errFormat
	}
	var labels []string
	at := headerSize
	for {
		if at >= len(message) {
			return question{}, errFormat
		}
		size := int(message[at])
		at++
		if size == 0 {
			break
		}
		if size > 63 || at+size > len(message) {
			return question{}, errFormat
		}
		labels = append(labels, strings.ToLower(string(message[at:at+size])))
		at += size
	}
	if at+4 > len(message) || binary.BigEndian.Uint16(message[at+2:]) != classIN {
		return question{}, errFormat
	}
	kind := binary.BigEndian.Uint16(message[at:])
	return question{name: strings.Join(labels, "."), kind: kind, end: at + 4}, nil
}

// respond answers one message from the records of a cluster's domain.
func respond(message []byte, domain string, find func(name string) ([]net.IP, bool)) []byte {
	if len(message) < headerSize {
		return nil
	}
	asked, err := parseQuestion(message)
	if err != nil {
		return reply(message, headerSize, codeFormatError, nil)
	}
	if asked.name != domain && !strings.HasSuffix(asked.name, "."+domain) {
		return reply(message, asked.end, codeRefused, nil)
	}
	addresses, known := find(asked.name)
	if !known {
		return reply(message, asked.end, codeNotFound, nil)
	}
	if asked.kind != typeA && asked.kind != typeAny {
		addresses = nil
	}
	return reply(message, asked.end, 0, addresses)
}

// reply writes a response that repeats the query up to the end of its question.
func reply(query []byte, end int, code byte, addresses []net.IP) []byte {
	out := append([]byte(nil), query[:end]...)
	// Response, authoritative, the opcode and "recursion desired" as asked.
	out[2] = 0x84 | query[2]&0x79
	out[3] = code
	questions := uint16(0)
	if end > headerSize {
		questions = 1
	}
	binary.BigEndian.PutUint16(out[4:], questions)
	binary.BigEndian.PutUint16(out[6:], uint16(len(addresses)))
	binary.BigEndian.PutUint32(out[8:], 0)
	for _, address := range addresses {
		// A pointer to the question's name, type, class, 5 seconds to live, four bytes.
		out = append(out, 0xc0, headerSize, 0, typeA, 0, classIN, 0, 0, 0, 5, 0, 4)
		out = append(out, address.To4()...)
	}
	return out
}
