using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Engine.Core.Json;
using Engine.Learn.Data;
using Engine.Learn.Networks;
using Engine.Learn.Networks.Layers;
using Engine.Learn.Ntk;
using Engine.Learn.Recording;
using Engine.Learn.Reinforcement;
using Engine.Learn.Selection;
using Engine.Learn.Studies;
using Engine.Learn.Training;
using Engine.Learn.Training.Losses;
using Engine.Tests.Core.Potentials;
using Xunit;

namespace Engine.Tests.Learn;

/// <summary>NETWORKS.md beside what the reader of JSON takes: every type, every key with its default, every name of a choice, and nothing that is no longer there.</summary>
public sealed partial class NetworksPageTests
{
    private static readonly Dictionary<Type, string> SectionOf = new()
    {
        [typeof(LearningInput)] = "The file",
        [typeof(LearningOutput)] = "The file",
        [typeof(NetworkDefinition)] = "Networks",
        [typeof(Precision)] = "Networks",
        [typeof(Initialisation)] = "Networks",
        [typeof(InputDefinition)] = "Inputs",
        [typeof(InitialisationScheme)] = "Initialisations",
        [typeof(Activation)] = "Activations",
        [typeof(Layer)] = "Layers",
        [typeof(NetworkHead)] = "Layers",
        [typeof(PoolingMethod)] = "Layers",
        [typeof(PositionCode)] = "Layers",
        [typeof(TrainingSettings)] = "Training",
        [typeof(Loss)] = "Losses",
        [typeof(DistanceMetric)] = "Losses",
        [typeof(OptimiserSettings)] = "Optimisers",
        [typeof(TrainingStrategy)] = "Strategies",
        [typeof(TrainingPhase)] = "Strategies",
        [typeof(DataDefinition)] = "Data",
        [typeof(Normalisation)] = "Data",
        [typeof(MissingValues)] = "Data",
        [typeof(GraphTarget)] = "Data",
        [typeof(TokenTask)] = "Data",
        [typeof(AgentSettings)] = "Agents",
        [typeof(PpoSettings)] = "Agents",
        [typeof(EnvironmentKind)] = "Agents",
        [typeof(KernelSettings)] = "Kernels",
        [typeof(SubsetSettings)] = "Kernels",
        [typeof(OutputReductionKind)] = "Kernels",
        [typeof(RecorderSettings)] = "Recorders",
        [typeof(RecordingSchedule)] = "Recorders",
        [typeof(NormOrders)] = "Recorders",
        [typeof(SampleSource)] = "Recorders",
        [typeof(Recordable)] = "Recorders",
        [typeof(StudyDefinition)] = "Studies",
        [typeof(Study)] = "Studies",
        [typeof(ScanGrid)] = "Studies",
        [typeof(ScanVariant)] = "Studies",
        [typeof(SelectionMethod)] = "Methods of selection",
        [typeof(Expectation)] = "Expectations",
    };

    private readonly Dictionary<string, string[]> sections = [];
    private readonly Dictionary<string, HashSet<string>> typesOf = [];
    private readonly Dictionary<string, HashSet<string>> keysOf = [];

    public NetworksPageTests()
    {
        var heading = "";
        foreach (var lines in File.ReadLines(Path.Combine(Cells.Root, "NETWORKS.md")).GroupBy(line => heading = line.StartsWith('#') ? line.TrimStart('#', ' ') : heading))
        {
            sections[lines.Key] = [.. lines];
        }
    }

    [Fact]
    public void EveryKeyIsNamedWithItsDefault()
    {
        foreach (var type in Reachable(typeof(LearningInput), typeof(NetworkDefinition), typeof(StudyDefinition), typeof(OutputReductionKind)))
        {
            Assert.True(SectionOf.TryGetValue(type, out var name), $"{type.Name} has no section in NETWORKS.md");
            var section = sections[name];
            if (type.IsEnum)
            {
                Assert.All(Enum.GetNames(type), value => Assert.Contains($"`{JsonNamingPolicy.CamelCase.ConvertName(value)}", string.Join('\n', section)));
            }
            else if (StrictJson.Options.GetTypeInfo(type).PolymorphismOptions is { } options)
            {
                foreach (var derived in options.DerivedTypes)
                {
                    var row = Assert.Single(section, line => line.StartsWith($"| `{derived.TypeDiscriminator}` |", StringComparison.Ordinal));
                    Set(typesOf, name).Add((string)derived.TypeDiscriminator!);
                    Names(name, derived.DerivedType, [row, .. section.Where(line => !line.StartsWith('|'))]);
                }
            }
            else
            {
                Names(name, type, section);
            }
        }
        // And back: rows of types and keys that are not there any more.
        foreach (var (name, section) in sections)
        {
            var header = "";
            foreach (var line in section)
            {
                var cell = FirstCell().Match(line) is { Success: true } match ? match.Groups[1].Value : "";
                header = !line.StartsWith('|') ? "" : header.Length > 0 ? header : line.Split('|')[1].Trim();
                if (cell.Length > 0 && header is ("type" or "key"))
                {
                    Assert.True(Set(header == "type" ? typesOf : keysOf, name).Contains(cell.Split('.')[^1]), $"NETWORKS.md, {name}: {cell} is no longer read");
                }
            }
        }
    }

    private static HashSet<string> Set(Dictionary<string, HashSet<string>> sets, string name) => sets.TryGetValue(name, out var set) ? set : sets[name] = [];

    /// <summary>All records and choices in a document of these types.</summary>
    private static HashSet<Type> Reachable(params Type[] roots)
    {
        var (found, open) = (new HashSet<Type>(), new Queue<Type>(roots));
        while (open.TryDequeue(out var declared))
        {
            var type = Nullable.GetUnderlyingType(declared) ?? declared;
            if (type.IsEnum)
            {
                found.Add(type);
            }
            else if (StrictJson.Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Enumerable } list)
            {
                open.Enqueue(list.ElementType!);
            }
            else if (StrictJson.Options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } info && !typeof(JsonNode).IsAssignableFrom(type) && found.Add(type))
            {
                var all = info.PolymorphismOptions is { } options ? options.DerivedTypes.Select(d => StrictJson.Options.GetTypeInfo(d.DerivedType)) : [info];
                foreach (var property in all.SelectMany(KeysOf))
                {
                    open.Enqueue(property.PropertyType);
                }
            }
        }
        return found;
    }

    private static IEnumerable<JsonPropertyInfo> KeysOf(JsonTypeInfo info) => info.Properties.Where(p => p.Set is not null || p.AssociatedParameter is not null);

    private void Names(string section, Type type, IEnumerable<string> lines)
    {
        var text = string.Join('\n', lines);
        var instance = type.GetConstructor(Type.EmptyTypes)?.Invoke([]);
        foreach (var key in KeysOf(StrictJson.Options.GetTypeInfo(type)))
        {
            Set(keysOf, section).Add(key.Name);
            var places = Regex.Matches(text, $@"(?<bold>\*\*)?`([a-zA-Z.]+\.)?{key.Name}(\.[a-zA-Z]+)?`(\*\*)?( \((?<default>`[^`]*`|[^):;,]+)| \| (?<default>[^|]*) \|)?", RegexOptions.ExplicitCapture);
            Assert.True(places.Count > 0, $"NETWORKS.md, {section}: {key.Name} of {type.Name} is not there");
            var required = key.IsRequired || key.AssociatedParameter is { HasDefaultValue: false };
            if (required)
            {
                Assert.True(places.Any(p => p.Groups["bold"].Success), $"NETWORKS.md, {section}: {key.Name} of {type.Name} is required, and should be bold");
            }
            else if (key.Get!(instance!) is { } value and (string or not IEnumerable) && (value is string or Enum || value.GetType().IsPrimitive))
            {
                Assert.True(places.Any(p => Is(p.Groups["default"].Value, value)), $"NETWORKS.md, {section}: {key.Name} of {type.Name} has the default {value}");
            }
        }
    }

    private static bool Is(string text, object value)
    {
        var plain = text.Trim().Trim('`');
        return value switch
        {
            string s => plain == s || plain == $"\"{s}\"",
            bool or Enum => plain == JsonNamingPolicy.CamelCase.ConvertName($"{value}"),
            _ => double.TryParse(plain.Split(' ')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == Convert.ToDouble(value, CultureInfo.InvariantCulture),
        };
    }

    [GeneratedRegex(@"^\| (?:\*\*)?`([^`]+)`(?:\*\*)? \|")]
    private static partial Regex FirstCell();
}
