using WebApi;

// Serves an anomaly detector, an embedding and a translator over HTTP: http://localhost:5000 shows a page, /openapi/v1.json tells the rest.
// dotnet run -c Release --project samples/WebApi -- --make-models
await WebService.Create(args).RunAsync();
