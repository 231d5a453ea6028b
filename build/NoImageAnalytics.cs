Console.Error.WriteLine("Built without Microsoft.ML.ImageAnalytics, which the package feed lacks: this program cannot load pictures.");
return 1;
