namespace Engine.Cli;

/// <summary>What the program leaves with.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The work was done and a check did not hold.</summary>
    public const int CheckFailed = 1;

    public const int BadInput = 2;

    public const int MissingLibrary = 3;

    public const int RunFailed = 4;

    public const int Interrupted = 130;
}
