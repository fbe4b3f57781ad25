namespace Engine.Core.Analysis;

/// <summary>One step of a blocking analysis.</summary>
/// <param name="BlockLength">Samples per block.</param>
/// <param name="Blocks">Number of blocks.</param>
/// <param name="Error">Standard error of the mean if blocks of this length were independent.</param>
/// <param name="ErrorOfError">Its standard error.</param>
public sealed record BlockingLevel(int BlockLength, int Blocks, double Error, double ErrorOfError);
