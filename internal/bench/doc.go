// Package bench measures publishing side by side with what it can't do without.
//
//	go test -bench . -benchtime 1x -timeout 60m ./internal/bench
//
// The registries are synthetic ([synth.Registry]); they and the trees are made below REGEN_BENCH_DIR, by default /dev/shm,
// and the registries are kept there for the next run. REGEN_BENCH_SIZES chooses the sizes, by default "1000,10000";
// "100000" takes 6 GB and some minutes to make.
//
// Figures are ratios, or seconds to be compared within one run: machines differ. docs/performance.md has the findings.
package bench
