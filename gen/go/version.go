// Package contract says which version of the contract these packages were generated from.
package contract

// Version is that of the contract, by the rules of semantic versioning. It is the one that the packages of the other
// languages have.
const Version = "0.3.0"
