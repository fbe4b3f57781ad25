using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using CommandLine;
using CommandLine.Text;
using Engine.Cli.Display;
using Engine.Cli.Verbs;
using Engine.Core.Json;
using Engine.Kernels.Errors;

namespace Engine.Cli;

/// <summary>Turns arguments into a verb, and whatever happens into an exit code and at most one line.</summary>
internal static class Shell
{
    private static readonly Type[] Verbs =
    [
        typeof(RunVerb), typeof(EnergyVerb), typeof(AnalyseVerb), typeof(SoapVerb), typeof(GapFitVerb), typeof(GapTestVerb), typeof(GapActiveVerb), typeof(GapStudyVerb), typeof(NtkTrainVerb), typeof(NtkSpectrumVerb), typeof(NtkPredictVerb), typeof(NtkStudyVerb), typeof(VerifyVerb), typeof(RecoverVerb), typeof(BenchVerb), typeof(DevicesVerb),
    ];

    /// <summary>What the script <c>./engine</c> does itself.</summary>
    private const string TestVerb = "test";

    /// <summary>Version of the program, with the commit where the build knew it.</summary>
    public static string Version { get; } =
        typeof(Shell).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Runs one command. Never throws.</summary>
    public static int Execute(string[] args, VerbContext context)
    {
        context = context with { Arguments = args };
        args = WithVerbInOne(args);
        try
        {
            return Dispatch(args, context);
        }
        catch (OperationCanceledException)
        {
            return Fail(args, context, "stopped; what was written so far is valid", ExitCode.Interrupted);
        }
        catch (EngineException error)
        {
            Details(context, error);
            return Fail(args, context, error.Message, error.ExitCode);
        }
        catch (OutOfMemoryException error)
        {
            Details(context, error);
            return Fail(args, context, "the memory of this machine does not suffice; expected room for what was asked; use fewer particles, frames or sparse points", ExitCode.RunFailed);
        }
        catch (Exception error)
        {
            Details(context, error);
            var place = Environment.GetEnvironmentVariable("ENGINE_DEBUG") == "1" ? "" : "; ENGINE_DEBUG=1 shows where";
            return Fail(args, context, $"internal error: {error.GetType().Name}: {error.Message}{place}; please report it", ExitCode.RunFailed);
        }
    }

    private static int Dispatch(string[] args, VerbContext context)
    {
        using var parser = new Parser(settings =>
        {
            settings.HelpWriter = null;
            settings.AutoVersion = true;
            settings.AllowMultiInstance = true;
            settings.ParsingCulture = CultureInfo.InvariantCulture;
        });
        if (HelpOfHalf(args) is { } help)
        {
            context.Output.WriteLine(help);
            return ExitCode.Done;
        }
        RequireValues(args);
        var result = parser.ParseArguments(Normalise(args), Verbs);
        if (result is Parsed<object> parsed)
        {
            var verb = (Verb)parsed.Value;
            verb.Check();
            return verb.Execute(context);
        }
        var errors = ((NotParsed<object>)result).Errors.ToList();
        if (errors.Exists(e => e is VersionRequestedError))
        {
            context.Output.WriteLine($"engine {Version}");
            return ExitCode.Done;
        }
        if (errors.Exists(e => e is HelpRequestedError or HelpVerbRequestedError) || args.Length == 0)
        {
            context.Output.WriteLine(Help(result));
            return args.Length == 0 ? ExitCode.BadInput : ExitCode.Done;
        }
        throw new InputException(Explain(errors[0], args));
    }

    /// <summary>Verbs of two words ("gap fit") as one argument.</summary>
    internal static string[] WithVerbInOne(string[] args)
    {
        if (args is ["help", .. var rest])
        {
            return ["help", .. WithVerbInOne(rest)];
        }
        return args is [var first, var second, .. var others] && VerbNames().Contains($"{first} {second}") ? [$"{first} {second}", .. others] : args;
    }

    /// <summary>
    /// Brings arguments into the form the parser reads as people mean them: <c>help VERB</c> and a <c>--help</c> anywhere are <c>VERB --help</c>, and the repeatable
    /// <c>--set</c> takes one value each, where the parser would swallow all that follow.
    /// </summary>
    internal static string[] Normalise(string[] args)
    {
        if (args is ["help", ..])
        {
            return args.Length == 1 ? ["--help"] : [args[1], "--help"];
        }
        if (args.Contains("--help"))
        {
            return args[0] == "--help" ? ["--help"] : [args[0], "--help"];
        }
        var rest = new List<string>();
        var settings = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--set" && i + 1 < args.Length)
            {
                settings.Add(args[++i]);
            }
            else if (args[i].StartsWith("--set=", StringComparison.Ordinal))
            {
                settings.Add(args[i]["--set=".Length..]);
            }
            else
            {
                rest.Add(args[i]);
            }
        }
        if (settings.Count > 0)
        {
            rest.Add($"--set={string.Join(Verb.SettingSeparator, settings)}");
        }
        return [.. rest];
    }

    /// <summary>Refuses an option without its value, where the parser would take its default.</summary>
    private static void RequireValues(string[] args)
    {
        if (args.Length == 0)
        {
            return;
        }
        var valued = Options(args[0]).Where(o => o.Property.PropertyType != typeof(bool)).Select(o => $"--{o.Option.LongName}").ToHashSet();
        for (var i = 1; i < args.Length; i++)
        {
            if (valued.Contains(args[i]) && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                throw new InputException(NeedsValue(args[i], args[0]));
            }
        }
    }

    /// <summary>The verbs that begin with a word, "gap" or "ntk", where help was asked for it.</summary>
    private static string? HelpOfHalf(string[] args)
    {
        var half = args switch
        {
            [var first, .. var others] when others.Contains("--help") => first,
            ["help", var second] => second,
            _ => null,
        };
        var verbs = Verbs.Select(v => v.GetCustomAttribute<VerbAttribute>()!).Where(v => v.Name.StartsWith($"{half} ", StringComparison.Ordinal)).ToArray();
        return half is null || verbs.Length == 0
            ? null
            : string.Join('\n', [$"engine {Version}", "", .. verbs.Select(v => $"  {v.Name,-15} {v.HelpText}"), "", $"  ./engine {verbs[0].Name} --help describes the first, likewise the others."]);
    }

    private static string Help(ParserResult<object> result)
    {
        var help = HelpText.AutoBuild(
            result,
            h =>
            {
                h.Heading = $"engine {Version}: molecular dynamics with verifiable results";
                h.Copyright = "";
                h.AddDashesToOption = true;
                h.AutoVersion = false;
                h.AutoHelp = false;
                h.AdditionalNewLineAfterOption = false;
                h.MaximumDisplayWidth = 120;
                return h;
            },
            e => e,
            verbsIndex: result.TypeInfo.Current == typeof(NullInstance));
        if (result.TypeInfo.Current == typeof(NullInstance))
        {
            help.AddPostOptionsLine($"  {TestVerb}       Run every test; ./engine test --help says what is tested and how long it takes.");
        }
        var examples = Attribute.GetCustomAttributes(result.TypeInfo.Current, typeof(ExampleAttribute)).Cast<ExampleAttribute>();
        foreach (var example in examples)
        {
            help.AddPostOptionsLines(["", $"Example: {example.Meaning}", $"  {example.Command}"]);
        }
        return help.ToString().TrimEnd();
    }

    private static string Explain(Error error, string[] args)
    {
        switch (error)
        {
            case BadVerbSelectedError { Token: TestVerb }:
                return "the tests are run by the script ./engine in the repository, not by this program; ./engine test --help describes them";
            case BadVerbSelectedError bad when VerbNames().Where(name => name.StartsWith($"{bad.Token} ", StringComparison.Ordinal)).ToArray() is { Length: > 0 } both:
                return $"'{bad.Token}' is half a verb, expected one of {string.Join(", ", both)}; ./engine help describes them";
            case BadVerbSelectedError bad:
                return $"unknown verb '{bad.Token}', expected one of {string.Join(", ", VerbNames())}; "
                    + (Spelling.Nearest(bad.Token, VerbNames()) is { } verb ? $"did you mean '{verb}'?" : "./engine help describes them");
            case NoVerbSelectedError:
                return $"no verb given, expected one of {string.Join(", ", VerbNames())}; ./engine help describes them";
            case UnknownOptionError unknown:
                var known = OptionNames(args[0]);
                return $"unknown option '{Dashed(unknown.Token)}' of '{args[0]}', expected one of {string.Join(", ", known.Select(o => "--" + o))}; "
                    + (Spelling.Nearest(unknown.Token, known) is { } near ? $"did you mean '--{near}'?" : $"./engine {args[0]} --help describes them");
            case MissingRequiredOptionError missing:
                return $"'{args[0]}' needs {(missing.NameInfo.NameText.Length > 0 ? $"--{missing.NameInfo.LongName}" : Arguments(args[0]))}; "
                    + $"./engine {args[0]} --help shows an example";
            case MissingValueOptionError missing:
                return NeedsValue($"--{missing.NameInfo.LongName}", args[0]);
            case BadFormatConversionError bad:
                var name = bad.NameInfo.LongName;
                return $"option --{name} of '{args[0]}' has the value '{ValueOf(args, name)}', expected {Expected(args[0], name)}";
            default:
                return $"the arguments of '{args[0]}' cannot be read ({error.Tag}); ./engine {args[0]} --help shows an example";
        }
    }

    private static string NeedsValue(string option, string verb) => $"option {option} of '{verb}' needs a value; ./engine {verb} --help shows an example";

    /// <summary>How the help calls what a verb cannot do without, "MODEL and DATA": which of them is missing the library does not say.</summary>
    private static string Arguments(string verb) => string.Join(
        " and ",
        Verbs.First(type => type.GetCustomAttribute<VerbAttribute>()!.Name == verb).GetProperties()
            .Select(p => p.GetCustomAttribute<ValueAttribute>()).OfType<ValueAttribute>().Where(v => v.Required).OrderBy(v => v.Index).Select(v => v.MetaName));

    private static string Dashed(string token) => token.Length == 1 ? $"-{token}" : $"--{token}";

    private static List<string> VerbNames() => [.. Verbs.Select(v => v.GetCustomAttribute<VerbAttribute>()!.Name), TestVerb];

    private static IEnumerable<(PropertyInfo Property, OptionAttribute Option)> Options(string verb) =>
        from type in Verbs
        where type.GetCustomAttribute<VerbAttribute>()!.Name == verb
        from property in type.GetProperties()
        let option = property.GetCustomAttribute<OptionAttribute>()
        where option is not null
        select (property, option);

    private static List<string> OptionNames(string verb) => [.. Options(verb).Where(o => !o.Option.Hidden).Select(o => o.Option.LongName)];

    private static string Expected(string verb, string option)
    {
        var type = Options(verb).FirstOrDefault(o => o.Option.LongName == option).Property?.PropertyType;
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(ulong) ? "a whole number that is not negative"
            : type == typeof(int) || type == typeof(long) ? "a whole number"
            : type == typeof(double) ? "a number" : "another form";
    }

    private static string ValueOf(string[] args, string option)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i].StartsWith($"--{option}=", StringComparison.Ordinal))
            {
                return args[i][(option.Length + 3)..];
            }
            if (args[i] == $"--{option}" && i + 1 < args.Length)
            {
                return args[i + 1];
            }
        }
        return "";
    }

    /// <summary>One line for people; for machines the same as an object on the output, so that it always carries exactly one.</summary>
    private static int Fail(string[] args, VerbContext context, string message, int code)
    {
        context.Log(message.ReplaceLineEndings(" "));
        if (args.Contains("--json"))
        {
            JsonOutput.Write(context, new JsonObject { ["error"] = message, ["exitCode"] = code });
        }
        return code;
    }

    private static void Details(VerbContext context, Exception error)
    {
        if (Environment.GetEnvironmentVariable("ENGINE_DEBUG") == "1")
        {
            context.Error.WriteLine(error);
        }
    }
}
