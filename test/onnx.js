// Runs ONNX models in ONNX Runtime. Reads {model, runs: [{input: {type, shape, values}}]} as JSON from standard input; writes, for each run,
// {output: {type, shape, values}}. Numbers that JSON does not have are written as texts.
const { join } = require('path');
const ort = require(join(process.argv[2], 'node_modules', 'onnxruntime-node'));

const arrays = { float32: Float32Array, int64: BigInt64Array, bool: Uint8Array };

const write = value => Number.isFinite(Number(value)) ? Number(value) : String(value);

async function main() {
    const request = JSON.parse(require('fs').readFileSync(0, 'utf8'));
    const session = await ort.InferenceSession.create(request.model);
    const results = [];
    for (const run of request.runs) {
        const feeds = {};
        for (const [name, { type, shape, values }] of Object.entries(run))
            feeds[name] = new ort.Tensor(type, arrays[type].from(values, type === 'int64' ? BigInt : Number), shape);
        const outputs = await session.run(feeds);
        results.push(Object.fromEntries(Object.entries(outputs).map(([name, tensor]) =>
            [name, { type: tensor.type, shape: tensor.dims, values: Array.from(tensor.data, write) }])));
    }
    process.stdout.write(JSON.stringify(results));
}

main().catch(error => {
    process.stderr.write(String(error));
    process.exitCode = 1;
});
