using Engine.Cli;
using Xunit;

namespace Engine.Tests.Cli;

public class StopRequestTests
{
    [Fact]
    public void OnlyASignalASecondLaterGivesUp()
    {
        var clock = new ManualClock();
        var (stops, endings) = (0, 0);
        var request = new StopRequest(clock, () => stops++, () => endings++);
        foreach (var milliseconds in new[] { 0, 2, 50, 999 })
        {
            clock.Milliseconds = milliseconds;
            request.Receive();
            Assert.Equal((1, 0), (stops, endings));
        }
        clock.Milliseconds = 1001;
        request.Receive();
        Assert.Equal((1, 1), (stops, endings));
    }

    private sealed class ManualClock : TimeProvider
    {
        public long Milliseconds { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }
}
